import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';

const root = new URL('../../', import.meta.url);
// The parser is a dependency of this library, and of another version at the root.
const yaml = createRequire(new URL('libs/sandbox/package.json', root))('yaml') as {
  parse(text: string, options: { merge: true }): unknown;
};

type Values = Record<string, string | number | null | undefined>;
interface Service {
  environment?: Values;
  security_opt?: string[];
  devices?: string[];
  mem_limit?: string;
  pids_limit?: number;
}

const { services } = yaml.parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), {
  merge: true,
}) as { services: Record<string, Service> };
/** Every name of the schema; a spec of libs/config holds this file to it. */
const names = [
  ...readFileSync(new URL('.env.example', root), 'utf8').matchAll(/^#([A-Z][A-Z0-9_]*)=/gm),
].map(([, name = '']) => name);

const WORKERS = ['planner', 'editor', 'test-runner', 'pr-worker'];
const APPS = ['gateway', ...WORKERS];
const FORGES = /^GIT_|^GITHUB_(?!WEBHOOK)|^GITLAB_(?!WEBHOOK)/;
const MODELS = /^(LLM|OPENAI|ANTHROPIC|OPENROUTER|OLLAMA|GOOGLE|AZURE_OPENAI|AWS)_/;
const SANDBOXES = /^SANDBOX(_|$)|^USE_DOCKER_FOR_TESTS$|^TEST_RUNNER_TIMEOUT$/;

/** Which containers have a say of their own, so that nothing of outside may be passed. */
const FIXED: Record<string, string> = {
  PORT: 'HIL_PORT moves the port on the host; inside, the mapping counts on 5001',
  HOST: 'the image listens on all addresses of the container',
  DATA_DIR: 'the image names its volume',
  DATABASE_URL: 'names the service postgres; an override file names another',
  REDIS_URL: 'names the service redis; an override file names another',
  AUTH_MODE: 'none is refused in containers',
  HEALTH_PORT: 'the health check of the image asks this port',
  NODE_EXTRA_CA_CERTS: 'the path of the host is no path inside: CONTAINER_CA_CERTS',
};

/** The apps that read a name; the others should not get it. */
function readers(name: string): string[] {
  if (name === 'LLM_MODEL') return ['gateway', 'planner', 'editor', 'pr-worker'];
  if (MODELS.test(name)) return ['planner', 'editor'];
  if (SANDBOXES.test(name)) return ['editor', 'test-runner'];
  if (name === 'MIN_CHANGED_LINE_COVERAGE') return ['test-runner'];
  if (name === 'WORKER_CONCURRENCY' || FORGES.test(name)) return WORKERS;
  if (/^PULL_REQUEST_|^PUBLIC_URL$/.test(name)) return ['pr-worker'];
  if (/^(API_KEYS|RUN_RECORD_KEY|OIDC_.*|WEBSOCKET_.*|GIT(HUB|LAB)_WEBHOOK_.*)$/.test(name)) {
    return ['gateway'];
  }
  return APPS;
}

/** Passed on as it is set outside: without a value of its own, or with one that is demanded. */
function passes(service: string, name: string): boolean {
  const value = services[service]?.environment?.[name];
  return value === null || (typeof value === 'string' && value.startsWith(`\${${name}:?`));
}

describe('docker-compose.yml', () => {
  it('has the names to compare with', () => {
    expect(names.length).toBeGreaterThan(90);
    expect(names).toEqual(expect.arrayContaining(Object.keys(FIXED)));
  });

  it.each(names.filter((name) => !(name in FIXED)))('passes %s to those who read it', (name) => {
    expect(APPS.filter((app) => passes(app, name))).toEqual(readers(name));
  });

  it.each(Object.entries(FIXED))('keeps %s from outside: %s', (name) => {
    expect(APPS.filter((app) => passes(app, name))).toEqual([]);
  });

  it('lets the apps that run code of repositories make a sandbox, bounded, and no other', () => {
    const options = (app: string) => services[app]?.security_opt;
    expect(options('editor')).toContain('seccomp=unconfined');
    expect(options('editor')).toEqual(options('test-runner'));
    for (const app of APPS) {
      const runsCode = ['editor', 'test-runner'].includes(app);
      expect([app, options(app)]).toEqual([
        app,
        runsCode ? options('test-runner') : ['no-new-privileges:true'],
      ]);
      expect(services[app]?.devices).toEqual(runsCode ? ['/dev/net/tun'] : undefined);
      expect(services[app]?.pids_limit).toBe(runsCode ? 2048 : undefined);
      expect(services[app]?.mem_limit === undefined).toBe(!runsCode);
    }
  });
});
