import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';

const here = import.meta.dirname;
/** Below bench/, so that what the samples import is found in its node_modules, then in the product's. */
const work = join(here, '../../.work/endpoints');
const same = (route) => route;
const withoutSlash = (route) => (route.endsWith(' /') ? route : route.replace(/\/$/, ''));
/** A router stack lists the verbs of a route for all of them one by one. */
const ALL_VERBS = 20;

/**
 * For each sample: `routes(folder)` gives `{routes}` as `METHOD path`, or `{missing}` with what the machine lacks;
 * `normal` levels what the framework does not tell apart; `source` says who was asked.
 */
export const ORACLES = {
  express: javascript('express-list-endpoints on the running app', foldAll),
  'express-class': javascript('express-list-endpoints on the running app', foldAll),
  // Fastify serves a plugin's `/` with and without the slash, and adds HEAD to each GET.
  fastify: javascript('the onRoute hook of the running app', (routes) =>
    routes.filter((one) => !one.startsWith('HEAD ')),
  ),
  hono: javascript('inspectRoutes of hono/dev', (routes) => routes),
  nest: javascript('the router of the started app', foldAll),
  next: { source: 'the manifests of next build', normal: same, routes: nextRoutes },
  flask: python('flask', 'url_map'),
  fastapi: python('fastapi', 'openapi()'),
  // The resolver shows a converter of REST framework as the expression it becomes.
  django: {
    ...python('django', 'the URL resolver'),
    normal: (route) => route.replaceAll(/\(\?P<(\w+)>\[\^\/\.\]\+\)/g, '<$1>'),
  },
  spring: { source: 'RequestMappingHandlerMapping', normal: same, routes: springRoutes },
  aspnet: {
    source: 'read by hand',
    normal: same,
    routes: (sample) => JSON.parse(readFileSync(join(sample, 'expected.json'), 'utf8')),
  },
};

function javascript(source, refine) {
  return {
    source,
    normal: withoutSlash,
    routes: (sample) => {
      const name = sample.slice(sample.lastIndexOf('/') + 1);
      const output = run(process.execPath, [
        '--no-warnings',
        join(here, `oracles/${name}.mjs`),
        compiled(sample, name),
      ]);
      return { routes: refine(JSON.parse(output)) };
    },
  };
}

/** `ALL` where a route has every verb. */
function foldAll(routes) {
  const byPath = new Map();
  for (const one of routes) {
    const [method, path] = one.split(' ');
    byPath.set(path, new Set(byPath.get(path)).add(method));
  }
  return [...byPath].flatMap(([path, methods]) =>
    methods.size > ALL_VERBS || methods.has('_ALL')
      ? [`ALL ${path}`]
      : [...methods].map((one) => `${one} ${path}`),
  );
}

/** A copy of the sample with its TypeScript compiled, decorators included. */
function compiled(sample, name) {
  const target = join(work, name);
  cpSync(sample, target, { recursive: true });
  const typescript = createRequire(join(here, '../../../package.json'))('typescript');
  for (const one of readdirSync(target, { recursive: true })) {
    if (!/\.tsx?$/.test(one) || one.includes('node_modules')) continue;
    const { outputText } = typescript.transpileModule(readFileSync(join(target, one), 'utf8'), {
      compilerOptions: {
        module: typescript.ModuleKind.ESNext,
        target: typescript.ScriptTarget.ES2022,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        verbatimModuleSyntax: false,
        useDefineForClassFields: true,
      },
    });
    writeFileSync(join(target, one.replace(/\.tsx?$/, '.js')), outputText);
  }
  return target;
}

function python(name, source) {
  return {
    source,
    normal: same,
    routes: (sample) => {
      if (!works('python3', ['-m', 'venv', '--help'])) return { missing: 'no python3 with venv' };
      const environment = join(work, 'venv');
      const interpreter = join(environment, 'bin/python');
      if (!existsSync(interpreter)) run('python3', ['-m', 'venv', environment]);
      run(interpreter, [
        '-m',
        'pip',
        '--quiet',
        '--disable-pip-version-check',
        'install',
        '-r',
        join(sample, 'requirements.txt'),
      ]);
      return {
        routes: JSON.parse(
          run(interpreter, ['-B', join(here, `oracles/${name}_routes.py`), sample]),
        ),
      };
    },
  };
}

/** The sample with one more class, that prints the mappings once the server has started. */
function springRoutes(sample) {
  if (!works('mvn', ['--version'])) return { missing: 'no mvn (Debian: maven, with a JDK)' };
  const target = join(work, 'spring');
  cpSync(sample, target, { recursive: true });
  cpSync(join(here, 'oracles/spring'), join(target, 'src/main/java'), { recursive: true });
  run('mvn', ['-q', '-B', '-DskipTests', 'package'], target);
  const output = run('java', ['-jar', 'target/sample-spring-1.jar'], target);
  return { routes: JSON.parse(/ROUTES (\[.*\])/.exec(output)[1]) };
}

/** App routes and pages as the build lists them; the verbs of a handler are those the started server answers. */
async function nextRoutes(sample) {
  const target = join(work, 'next');
  mkdirSync(target, { recursive: true });
  cpSync(sample, target, { recursive: true });
  run('npm', ['install', '--no-audit', '--no-fund'], target);
  run('npx', ['next', 'build'], target, { NEXT_TELEMETRY_DISABLED: '1' });
  const read = (file) => JSON.parse(readFileSync(join(target, '.next', file), 'utf8'));
  const { basePath } = read('routes-manifest.json');
  const full = (path) => (path === '/' ? basePath || '/' : basePath + path);
  const files = Object.entries(read('app-path-routes-manifest.json')).filter(
    ([file]) => !/^\/_/.test(file),
  );
  const handlers = files.filter(([file]) => file.endsWith('/route')).map(([, path]) => full(path));
  const shown = files
    .filter(([file]) => !file.endsWith('/route'))
    .map(([, path]) => `GET ${full(path)}`);
  const pages = Object.keys(read('server/pages-manifest.json'))
    .filter((path) => !/^\/(?:_|404|500)/.test(path))
    .map((path) => `${path.startsWith('/api/') ? 'ALL' : 'GET'} ${full(path)}`);
  return { routes: [...shown, ...pages, ...(await answered(target, handlers))] };
}

/** Which verbs the started server does not refuse; HEAD and OPTIONS are Next's own. */
async function answered(target, paths) {
  const port = await freePort();
  const server = spawn('npx', ['next', 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: target,
    detached: true,
    stdio: 'ignore',
  });
  try {
    const found = [];
    for (const path of paths) {
      for (const verb of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status } = await patiently(
          `http://127.0.0.1:${port}${path.replaceAll(/\[+\.*(\w+)\]+/g, '$1')}`,
          verb,
        );
        if (status !== 405) found.push(`${verb} ${path}`);
      }
    }
    return found;
  } finally {
    process.kill(-server.pid);
  }
}

async function patiently(url, method) {
  for (let left = 100; ; left -= 1) {
    try {
      return await fetch(url, { method });
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function run(command, args, cwd = here, env = {}) {
  return execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
}

function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
