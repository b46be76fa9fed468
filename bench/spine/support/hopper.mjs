/** Two stages that pass a run to each other for ever, and a bare queue beside them. */
import { createMessaging } from '@hil/messaging';
import { PostgresRunStorage, openDatabase } from '@hil/persistence';
import { RunSignals, StageExecutor } from '@hil/workflow';
import { Queue, Worker, createPostgresBackend, createRedisBackend, runMigrations } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { serve } from '../../shared/child.mjs';
import { silent } from '../../shared/services.mjs';
import { hopCommit, storeRun } from './sample-run.mjs';

const OPTIONS = {
  approvalTtlSeconds: 3_600,
  maxRepairs: 1_000_000,
  leaseMs: 8_000,
  heartbeatMs: 1_000,
  stageTimeoutMs: 3_600_000,
  maxAttempts: 5,
};
const TESTS = {
  status: 'failed',
  message: 'one new failure',
  new_failures: ['adds'],
  fixed: [],
  known_failures: [],
};

let ours;
let bare;

serve({
  async open({ databaseUrl, redisUrl }) {
    const database = openDatabase({ databaseUrl, log: silent });
    const storage = new PostgresRunStorage(database, (text) => text);
    let committedAt = 0;
    const commit = storage.commit.bind(storage);
    storage.commit = async (given) => {
      const done = await commit(given);
      committedAt = performance.now();
      return done;
    };
    const messaging = await createMessaging({
      databaseUrl,
      redisUrl,
      prefix: 'hil',
      logger: silent,
    });
    const signals = new RunSignals(storage, messaging.queue, messaging.bus, silent);
    const executor = new StageExecutor(storage, signals, OPTIONS, silent);
    const hops = [];
    const next = { wanted: 0, done: () => undefined };
    const consume = (app) =>
      messaging.queue.consume(
        app,
        (job, signal) => {
          const receivedMs = performance.now() - committedAt;
          const handler = {
            stage: job.stage,
            run: async ({ run }) => {
              if (committedAt > 0)
                hops.push({ receivedMs, activeMs: performance.now() - committedAt });
              if (hops.length >= next.wanted) {
                await new Promise((go) => next.done(go));
              }
              return {
                event:
                  job.stage === 'testing'
                    ? { type: 'tests_finished', tests: TESTS, repairable: true }
                    : { type: 'edited', edit: run.context.edit },
              };
            },
          };
          return executor.execute(job, handler, signal);
        },
        { concurrency: 4 },
      );
    await consume('test-runner');
    await consume('editor');
    ours = { storage, signals, hops, next, resume: undefined };
    await openBare(databaseUrl, redisUrl);
  },

  /** So many hops one after the other; the run then rests in a stage until the next call. */
  async hop(count) {
    const { storage, signals, hops, next } = ours;
    const finished = new Promise((resolve) => {
      next.done = (go) => {
        ours.resume = go;
        resolve();
      };
    });
    hops.length = 0;
    next.wanted = count;
    if (ours.resume === undefined) {
      const commit = hopCommit(await storeRun(storage), 'editing');
      signals.committed(commit.run, await storage.commit(commit));
    } else {
      ours.resume();
    }
    await finished;
    return hops.splice(0);
  },

  async addBare(count) {
    const taken = [];
    for (let n = 0; n < count; n += 1) {
      const active = new Promise((resolve) => (bare.active = resolve));
      const begun = performance.now();
      void bare.queue.add('bare', { runId: 'x'.repeat(36), stage: 'testing', version: n });
      await active;
      taken.push(performance.now() - begun);
      // As a hop comes after the work of the stage before, and not in the same breath.
      await new Promise((resolve) => setImmediate(resolve));
    }
    return taken;
  },
});

async function openBare(databaseUrl, redisUrl) {
  const connection =
    redisUrl === undefined
      ? await barePool(databaseUrl)
      : new Redis(redisUrl, { maxRetriesPerRequest: null });
  const factory = redisUrl === undefined ? createPostgresBackend : createRedisBackend;
  const queue = new Queue('bare', { connection, prefix: 'bare' }, factory);
  const options = { connection, prefix: 'bare', concurrency: 4, removeOnComplete: { count: 100 } };
  bare = { queue, active: () => undefined };
  const worker = new Worker('bare', () => Promise.resolve(bare.active()), options, factory);
  await worker.waitUntilReady();
}

async function barePool(databaseUrl) {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 8,
    options: '-c search_path=bullmq',
  });
  const client = await pool.connect();
  await runMigrations(client, 'bullmq');
  client.release();
  return pool;
}
