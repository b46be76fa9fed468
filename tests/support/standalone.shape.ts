import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@hil/testing';
import { AppProcess } from './app-process.js';
import type { Deployment, Shape } from './deployment.js';

/** Gateway and all stages in one process on an embedded PostgreSQL. */
export const standalone: Shape = standaloneWithin(() => []);

/** The same, run within a command that gets the DATA_DIR. */
export function standaloneWithin(within: (dataDir: string) => readonly string[]): Shape {
  return { name: 'standalone', deploy: (env) => deploy(env, within) };
}

async function deploy(
  env: Readonly<Record<string, string>>,
  within: (dataDir: string) => readonly string[],
): Promise<Deployment> {
  const folder = await temporaryDirectory('hil-e2e-standalone-');
  const dataDir = join(folder.path, 'data');
  const start = (): Promise<AppProcess> =>
    AppProcess.start({
      app: 'standalone',
      dataDir,
      within: within(dataDir),
      env: { ...env, HOST: '127.0.0.1', PORT: '0', AUTH_MODE: 'none' },
      ready: /address\s+ws:\/\/(\S+?)\/ws\/chat[\s\S]*Ctrl-C stops everything/,
    });
  let app = await start();
  const past: AppProcess[] = [];
  const again = async (): Promise<void> => {
    past.push(app);
    app = await start();
  };
  const deployment: Deployment = {
    get http() {
      return `http://${app.address}`;
    },
    dataDirs: [dataDir],
    pids: () => [app.pid],
    log: () => [...past, app].map(({ output }) => output).join('\n'),
    crash: async () => {
      await app.kill();
      await again();
    },
    restart: async () => {
      const took = await app.stop();
      await again();
      return took;
    },
    stop: async () => {
      try {
        await app.stop();
      } finally {
        await stopDatabase(dataDir);
        await folder.remove();
      }
    },
  };
  return deployment;
}

/** The embedded PostgreSQL outlives a killed app. */
async function stopDatabase(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postgres/cluster/postmaster.pid');
  const pid = Number((await readFile(file, 'utf8').catch(() => '')).split('\n')[0]);
  if (Number.isInteger(pid) && pid > 1) process.kill(pid, 'SIGINT');
}
