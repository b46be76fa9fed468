import { join } from 'node:path';
import { WORKER_APPS, type WorkerApp } from '@hil/contracts';
import { startEmbeddedPostgres } from '@hil/persistence';
import { temporaryDirectory } from '@hil/testing';
import { AppProcess } from './app-process.js';
import type { Deployment, Shape } from './deployment.js';
import { startRedis } from './redis-server.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The five apps on one Redis and one PostgreSQL; no two of them share a folder. */
export const scaled: Shape = {
  name: 'five apps on Redis',
  deploy: async (settings) => {
    const folder = await temporaryDirectory('hil-e2e-scaled-');
    const redis = await startRedis();
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder.path, 'postgres'),
      log: silent,
    });
    const started: AppProcess[] = [];
    const dataDirs: string[] = [];
    const env = {
      ...settings,
      DATABASE_URL: postgres.databaseUrl,
      REDIS_URL: redis.url,
      HOST: '127.0.0.1',
      AUTH_MODE: 'none',
      PORT: '0',
      HEALTH_PORT: '0',
    };
    const start = async (app: string): Promise<AppProcess> => {
      const dataDir = join(folder.path, `${app}-${dataDirs.length + 1}`);
      dataDirs.push(dataDir);
      const ready = app === 'gateway' ? /"address":"([^"]+)"/ : new RegExp(`${app} is ready`);
      const process = await AppProcess.start({ app, dataDir, env, ready });
      started.push(process);
      return process;
    };
    const stopAll = async (): Promise<void> => {
      try {
        const ends = await Promise.allSettled(started.map((app) => app.stop()));
        const failed = ends.find((end) => end.status === 'rejected');
        if (failed !== undefined) throw failed.reason;
      } finally {
        await postgres.stop();
        await redis.stop();
        await folder.remove();
      }
    };
    const of = (app: WorkerApp): AppProcess => {
      const found = started.findLast(({ options, running }) => options.app === app && running);
      if (found === undefined) throw new Error(`no ${app} runs`);
      return found;
    };
    try {
      let gateway = await start('gateway');
      await Promise.all(WORKER_APPS.map(start));
      const deployment: Deployment = {
        get http() {
          return gateway.address;
        },
        dataDirs,
        pids: () => started.filter(({ running }) => running).map(({ pid }) => pid),
        log: () => started.map(({ options, output }) => `== ${options.app}\n${output}`).join('\n'),
        crash: async (app) => {
          await of(app).kill();
          await start(app);
        },
        restart: async (app) => {
          const took = await of(app).stop();
          await start(app);
          return took;
        },
        loseQueue: () => redis.lose(),
        crashGateway: async () => {
          await gateway.kill();
          gateway = await start('gateway');
        },
        scaleUp: async (app) => {
          await start(app);
        },
        stop: stopAll,
      };
      return deployment;
    } catch (error) {
      await stopAll();
      throw error;
    }
  },
};
