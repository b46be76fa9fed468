/**
 * A worker process: the real executor, storage, queue and doorbell, with stages that write what the benchmark
 * asks for, and beside it the bare parts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createMessaging } from '@hil/messaging';
import { PostgresRunStorage, openDatabase, tellingUnavailable } from '@hil/persistence';
import { RunSignals, StageExecutor } from '@hil/workflow';
import { Redis } from 'ioredis';
import pg from 'pg';
import { serve } from '../../shared/child.mjs';
import { silent } from '../../shared/services.mjs';
import { storePlanned, storeRun } from './sample-run.mjs';

const OPTIONS = {
  approvalTtlSeconds: 3_600,
  maxRepairs: 2,
  leaseMs: 8_000,
  heartbeatMs: 1_000,
  stageTimeoutMs: 3_600_000,
  maxAttempts: 5,
};

/** Lines of one chunk of a pipe, 64 KiB. */
const CHUNK_LINES = 700;

let parts;
let flooding;
let bare;
const stages = [];

const now = () => String(process.hrtime.bigint());

serve({
  async open({ databaseUrl, redisUrl }) {
    const database = openDatabase({ databaseUrl, log: silent, name: 'bench worker' });
    const storage = tellingUnavailable(new PostgresRunStorage(database, (text) => text));
    const messaging = await createMessaging({
      databaseUrl,
      redisUrl,
      prefix: 'hil',
      logger: silent,
    });
    const signals = new RunSignals(storage, messaging.queue, messaging.bus, silent);
    parts = { storage, executor: new StageExecutor(storage, signals, OPTIONS, silent) };
    bare = { pool: new pg.Pool({ connectionString: databaseUrl, max: 2 }) };
    await bare.pool.query(
      'CREATE TABLE IF NOT EXISTS bare_event (seq bigserial PRIMARY KEY, data jsonb NOT NULL)',
    );
    if (redisUrl !== undefined) bare.redis = new Redis(redisUrl);
  },

  /** Begins a stage in a session of its own and answers the session; the stage goes on until the end. */
  async begin() {
    const run = await storeRun(parts.storage, { userId: 'local' });
    const context = await new Promise((resolve, reject) => {
      const handler = {
        stage: 'testing',
        run: (given) => {
          resolve(given);
          return new Promise(() => undefined);
        },
      };
      const job = { runId: run.id, stage: 'testing', version: run.version };
      parts.executor.execute(job, handler, new AbortController().signal).catch(reject);
    });
    stages.push(context);
    return { stage: stages.length - 1, sessionId: run.sessionId };
  },

  /** Events one by one, each sent at once. */
  async emit({ stage, count, gapMs }) {
    for (let n = 0; n < count; n += 1) {
      await stages[stage].emit({
        type: 'log',
        data: { message: `t=${now()} ${'x'.repeat(100)}`, level: 'info', source: 'bench' },
      });
      await sleep(gapMs);
    }
  },

  /** The same with bare parts: a commit of the row, then the whole frame over pub/sub. */
  async emitBare({ channel, count, gapMs }) {
    for (let n = 0; n < count; n += 1) {
      const event = {
        type: 'log',
        timestamp: new Date().toISOString(),
        stage: 'testing',
        data: { message: `t=${now()} ${'x'.repeat(100)}`, level: 'info', source: 'bench' },
        session_id: channel,
        run_id: channel,
        seq: n,
        attempt: 1,
      };
      await bare.pool.query('INSERT INTO bare_event (data) VALUES ($1)', [
        JSON.stringify(event.data),
      ]);
      await bare.redis.publish(channel, JSON.stringify({ event: 'agent_update', data: event }));
      await sleep(gapMs);
    }
  },

  /** Many events in one commit, in commits of `size`. */
  async burst({ stage, count, size }) {
    const { run, checkpoint } = stages[stage];
    for (let n = 0; n < count; n += size) {
      await checkpoint({
        context: {},
        updates: Array.from({ length: Math.min(size, count - n) }, () => ({
          type: 'log',
          data: { message: 'x'.repeat(120), level: 'info', source: run.id },
        })),
      });
    }
  },

  /** Runs that wait for the approval of their plan. */
  async ask(count) {
    const asked = [];
    for (let n = 0; n < count; n += 1) {
      const { sessionId, plan } = await storePlanned(parts.storage, { userId: 'local' });
      asked.push({ sessionId, planId: plan.plan_id });
    }
    return asked;
  },

  /**
   * Every stage logs as fast as the log keeps up, as the output of a test process that prints without end.
   */
  floodAll({ stages: numbers }) {
    flooding = { over: false, lines: 0, begun: performance.now() };
    const mine = flooding;
    const message = 'x'.repeat(80);
    mine.all = numbers.map(async (number) => {
      const { log, room } = stages[number];
      while (!mine.over) {
        for (let n = 0; n < CHUNK_LINES; n += 1) log(`line ${n} ${message}`, 'info', 'test');
        mine.lines += CHUNK_LINES;
        await room();
        await new Promise((done) => setImmediate(done));
      }
    });
  },

  async stopFlood() {
    const { lines, begun } = flooding;
    const seconds = (performance.now() - begun) / 1_000;
    flooding.over = true;
    await Promise.all(flooding.all);
    return { lines, seconds };
  },

  /** Log lines as a test run prints them: `perTick` lines each time the event loop comes round. */
  async flood({ stage, lines, perTick, message = 'x'.repeat(80) }) {
    const context = stages[stage];
    for (let n = 0; n < lines; n += 1) {
      context.log(`line ${n} ${message}`, 'info', 'test');
      if (n % perTick === perTick - 1) await new Promise((done) => setImmediate(done));
    }
    // A flush: what was logged is durable when it resolves.
    await context.emit({
      type: 'log',
      data: { message: 'flood over', level: 'debug', source: 'bench' },
    });
  },
});
