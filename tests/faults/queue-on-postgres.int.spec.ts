import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StageJob } from '@hil/contracts';
import { type Messaging, createMessaging } from '@hil/messaging';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@hil/persistence';
import { type TemporaryDirectory, temporaryDirectory } from '@hil/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { report } from './support/figures.js';
import { isOneOf, scaled, timeFor } from './support/scale.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const fixture = fileURLToPath(new URL('fixtures/queue-consumer.mjs', import.meta.url));

describe('the queue of the embedded shape, in PostgreSQL', () => {
  let folder: TemporaryDirectory;
  let server: EmbeddedPostgres;
  let messaging: Messaging;
  let rows: pg.Pool;
  let consumer: ChildProcess | undefined;

  beforeAll(async () => {
    folder = await temporaryDirectory('hil-faults-queue-');
    server = await startEmbeddedPostgres({ dataDir: folder.path, log: silent });
    messaging = await createMessaging({
      databaseUrl: server.databaseUrl,
      prefix: 'hil',
      logger: silent,
    });
    rows = new pg.Pool({ connectionString: server.databaseUrl, max: 2 });
    rows.on('error', () => undefined);
    await rows.query('CREATE TABLE delivered (id uuid)');
    await rows.query('CREATE TABLE effects (id uuid PRIMARY KEY)');
  }, 120_000);

  afterAll(async () => {
    consumer?.kill('SIGKILL');
    await Promise.allSettled([messaging.queue.close(), messaging.bus.close()]);
    await rows.end();
    await server.stop();
    await folder.remove();
  }, 60_000);

  async function consume(): Promise<ChildProcess> {
    for (;;) {
      const child = spawn(process.execPath, [fixture], {
        env: { PATH: process.env['PATH'], DATABASE_URL: server.databaseUrl },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ready = await Promise.race([
        once(child.stdout, 'data').then(() => true),
        once(child, 'exit').then(() => false),
      ]);
      if (ready) return child;
      // The database was away while it started; whoever supervises it starts it again.
      await sleep(200);
    }
  }

  async function counted(table: 'delivered' | 'effects'): Promise<number> {
    for (;;) {
      try {
        const { rows: found } = await rows.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM ${table}`,
        );
        return found[0]?.n ?? 0;
      } catch {
        await sleep(100);
      }
    }
  }

  const jobs = scaled(300, 10_000);
  const kills = scaled(2, 10);
  const crashes = scaled(1, 3);

  it(
    'does every job although its consumer and the database are killed meanwhile, each with one effect',
    async () => {
      const begun = performance.now();
      consumer = await consume();
      const ids = Array.from({ length: jobs }, () => randomUUID());
      const adding = (async () => {
        for (let start = 0; start < ids.length; start += 20) {
          await Promise.all(
            ids.slice(start, start + 20).map(async (runId) => {
              const job: StageJob = { runId, stage: 'editing', version: 1 };
              // As the outbox does: under the same id until it was taken.
              for (;;) {
                try {
                  return await messaging.queue.add('editor', job, `${runId}-1-1`);
                } catch {
                  await sleep(200);
                }
              }
            }),
          );
        }
      })();
      const faults = kills + crashes;
      for (let fault = 1; fault <= faults; fault += 1) {
        const due = (jobs * fault) / (faults + 1);
        while ((await counted('effects')) < due) await sleep(50);
        if (isOneOf(crashes, faults, fault)) {
          process.kill(server.pid(), 'SIGQUIT');
        } else {
          const gone = once(consumer, 'exit');
          consumer.kill('SIGKILL');
          await gone;
          consumer = await consume();
        }
      }
      await adding;
      while ((await counted('effects')) < jobs) await sleep(100);
      const delivered = await counted('delivered');
      expect(await counted('effects')).toBe(jobs);
      report('queue in PostgreSQL', {
        jobs,
        'kills of the consumer': kills,
        'kills of PostgreSQL': crashes,
        done: `${jobs}/${jobs}`,
        'delivered twice': delivered - jobs,
        'all in': `${Math.round((performance.now() - begun) / 1000)} s`,
      });
    },
    timeFor(jobs, 300),
  );
});
