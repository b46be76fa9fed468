import { cp, mkdir, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { type Installation, type Installed } from './installation.js';
import { type InstallPlan } from '../suite.js';

/** For repositories that name none. */
const DEFAULT_VERSIONS = { pnpm: '10.28.0', yarn: '1.22.22' };

/** Tools keep caches inside node_modules; these folders stay writable while tests run. */
const CACHES = ['.cache', '.vite', '.vite-temp', '.vitest'];

/**
 * Installs in the tree itself (workspaces and file: dependencies need it) and then moves every
 * node_modules out to the cache, to be mounted read-only where it was.
 */
export async function installNode(installation: Installation): Promise<Installed> {
  const { suite, workspace, driver, folder } = installation;
  const none = { readOnlyMounts: [], writableMounts: [], env: {} };
  const plan = suite.installPlan;
  if (plan === null)
    return { status: 'nothing_to_install', message: 'Nothing to install.', ...none };
  const argv = await installCommand(installation, plan);
  const problem = await installation.execute(argv, {
    network: 'install',
    env: {
      npm_config_cache: '/tmp/npm-cache',
      CI: 'true',
      // Yarn 2 and later: no zipped packages, no scripts, nothing outside the tree.
      YARN_NODE_LINKER: 'node-modules',
      YARN_ENABLE_SCRIPTS: 'false',
      YARN_ENABLE_GLOBAL_CACHE: 'true',
      YARN_ENABLE_TELEMETRY: '0',
      YARN_GLOBAL_FOLDER: '/tmp/yarn',
      COREPACK_ENABLE_STRICT: '0',
      npm_config_store_dir: '/tmp/pnpm-store',
    },
  });
  if (problem !== null) {
    const status = problem.startsWith("dependencies can't") ? 'not_run' : 'failed';
    return { status, message: `${argv.join(' ')} failed: ${problem}`, ...none };
  }
  const message = `Installed with ${plan.summary}.`;
  const places = await nodeModulesBelow(workspace, '.');
  if (!driver.isolatesFilesystem) return { status: 'ready', message, ...none, inTree: true };

  const readOnlyMounts = [];
  const writableMounts = [];
  for (const place of places) {
    const kept = join(folder, 'tree', place);
    await mkdir(dirname(kept), { recursive: true });
    await move(join(workspace, place), kept);
    const target = posix.join(driver.workspacePath(workspace), place);
    readOnlyMounts.push({ source: kept, target });
    for (const cache of CACHES) {
      await mkdir(join(kept, cache), { recursive: true });
      const scratch = join(folder, 'caches', place, cache);
      await mkdir(scratch, { recursive: true });
      writableMounts.push({ source: scratch, target: posix.join(target, cache) });
    }
  }
  for (const file of await typecheckFiles(places, join(folder, 'tree'))) {
    const scratch = join(folder, 'caches', file);
    await mkdir(dirname(scratch), { recursive: true });
    await writeFile(scratch, '');
    await writeFile(join(folder, 'tree', file), '');
    const target = posix.join(driver.workspacePath(workspace), file);
    writableMounts.push({ source: scratch, target });
  }
  return { status: 'ready', message, readOnlyMounts, writableMounts, env: {} };
}

/** `vitest --typecheck` lets the compiler write this file beside vitest itself. */
async function typecheckFiles(places: readonly string[], tree: string): Promise<string[]> {
  const found: string[] = [];
  for (const place of places) {
    const store = await readdir(join(tree, place, '.pnpm')).catch(() => []);
    const packages = [
      posix.join(place, 'vitest/dist'),
      ...store
        .filter((name) => name.startsWith('vitest@'))
        .map((name) => posix.join(place, '.pnpm', name, 'node_modules/vitest/dist')),
    ];
    for (const dist of packages) {
      // The real folder only: where pnpm links it, the link leads to the one in its store.
      const real = await realpath(join(tree, dist)).catch(() => null);
      if (real === join(await realpath(tree), dist)) {
        found.push(posix.join(dist, 'tsconfig.tmp.tsbuildinfo'));
      }
    }
  }
  return found;
}

/** Managers that are not installed come from the registry, in the version the repository names. */
async function installCommand(
  { driver, image }: Installation,
  { manager, summary, version }: InstallPlan,
): Promise<[string, ...string[]]> {
  const { found } = await driver.toolchains(image);
  if (manager === 'pnpm') {
    const options = ['install', '--frozen-lockfile', '--ignore-scripts'];
    const wanted = `pnpm@${version ?? DEFAULT_VERSIONS.pnpm}`;
    return found.pnpm === undefined ? ['npx', '--yes', wanted, ...options] : ['pnpm', ...options];
  }
  if (manager === 'yarn') {
    const wanted = version ?? DEFAULT_VERSIONS.yarn;
    if (/^[01]\./.test(wanted)) {
      const options = ['install', '--frozen-lockfile', '--ignore-scripts', '--non-interactive'];
      return found.yarn === undefined
        ? ['npx', '--yes', `yarn@${wanted}`, ...options]
        : ['yarn', ...options];
    }
    return ['npx', '--yes', `@yarnpkg/cli-dist@${wanted}`, 'install', '--immutable'];
  }
  return summary.startsWith('npm install')
    ? ['npm', 'install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund']
    : ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
}

/** The outermost node_modules folders; real ones only, since a link could lead anywhere on this host. */
async function nodeModulesBelow(root: string, folder: string, depth = 0): Promise<string[]> {
  if (depth > 6) return [];
  const found: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === '.git') continue;
    const path = posix.join(folder, entry.name);
    if (entry.name === 'node_modules') found.push(path);
    else found.push(...(await nodeModulesBelow(root, path, depth + 1)));
  }
  return found;
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    if (code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    await rm(from, { recursive: true, force: true });
  }
}
