import { setTimeout as sleep } from 'node:timers/promises';
import { HilError } from '@hil/contracts';
import { type Run, StorageUnavailableError } from '@hil/workflow';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { unavailability } from '../database/unavailable.js';
import { RunWorld, actor, gate, handler, jobOf, eventually } from './testing/run-world.js';
import { eventFrom } from './testing/sample-events.js';

let world: RunWorld;
let administrator: pg.Client;
beforeAll(async () => {
  world = await RunWorld.open();
  administrator = new pg.Client({ connectionString: world.databaseUrl });
  await administrator.connect();
}, 60_000);
afterAll(async () => {
  await administrator.end();
  await world.close();
});

const never = new AbortController().signal;

/** Holds the session's row, so that the next write to its log waits, then cuts that write's connection. */
async function cutNextWrite(run: Run): Promise<() => Promise<void>> {
  await administrator.query('BEGIN');
  await administrator.query('SELECT 1 FROM session WHERE id = $1 FOR UPDATE', [run.sessionId]);
  return async () => {
    for (let cut = 0; cut === 0;) {
      // A transaction sees the activity of its first look until told otherwise.
      await administrator.query('SELECT pg_stat_clear_snapshot()');
      const { rowCount } = await administrator.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      cut = rowCount ?? 0;
      await sleep(10);
    }
    await administrator.query('COMMIT');
  };
}

describe('a connection lost under a stage', () => {
  it('stops the stage and sends the run again at once; the attempt does not count', async () => {
    const run = await world.started(actor());
    const { opened, open } = gate();
    let stopped = false;
    const stage = handler(run.stage, async (context) => {
      open();
      await sleep(30_000, undefined, { signal: context.signal }).catch(() => (stopped = true));
      return { event: eventFrom(run) };
    });
    const cut = await cutNextWrite(run);
    const work = world.executor().execute(
      jobOf(run),
      handler(run.stage, (context) => {
        context.log('never written');
        return stage.run(context);
      }),
      never,
    );
    await opened;
    await cut();
    await work;
    expect(stopped).toBe(true);
    const after = await world.run(run.id);
    expect(after).toMatchObject({ state: run.state, version: run.version, attempt: 0 });
    expect(after.leaseUntil).toBeNull();

    const again = handler(run.stage, async (context) => {
      await context.emit({
        type: 'log',
        data: { message: 'written', level: 'info', source: 'test' },
      });
      return { event: eventFrom(run) };
    });
    await world.executor().execute(jobOf(run), again, never);
    const lines = await world.eventsOf(run, 'log');
    expect(JSON.stringify(lines)).toContain('"written"');
    expect(JSON.stringify(lines)).not.toContain('never written');
    expect((await world.run(run.id)).version).toBe(run.version + 1);
  });

  it('at the commit leaves a run that the next attempt finishes', async () => {
    const run = await world.started(actor());
    const cut = await cutNextWrite(run);
    const work = world.executor().execute(
      jobOf(run),
      handler(run.stage, async () => ({ event: eventFrom(run) })),
      never,
    );
    await cut();
    await work;
    expect(await world.run(run.id)).toMatchObject({ version: run.version, leaseUntil: null });
    const next = handler(run.stage, async () => ({ event: eventFrom(run) }));
    await world.executor().execute(jobOf(run), next, never);
    expect((await world.run(run.id)).version).toBe(run.version + 1);
  });

  it('is told from a statement that is wrong', async () => {
    const run = await world.started(actor());
    const cut = await cutNextWrite(run);
    const noted = world.storage.note(run.id, [], 'more');
    const [told] = await Promise.all([noted.catch((error: unknown) => error), cut()]);
    expect(told).toBeInstanceOf(StorageUnavailableError);
    expect(told).toMatchObject({ code: 'service_unavailable', retryable: true });
    const wrong = await world.storage.run('not a uuid').catch((error: unknown) => error);
    expect(unavailability(wrong)).toBeNull();
    expect(wrong).not.toBeInstanceOf(HilError);
  });

  it('is told when the server is away', async () => {
    const away = new pg.Pool({ connectionString: 'postgresql://nobody@127.0.0.1:1/none' });
    const refused = await away.query('SELECT 1').catch((error: unknown) => error);
    expect(unavailability(refused)).toBe('no_answer');
    await away.end();
  });
});

it('a run given back twice, as after a lost answer, is sent once and counted once', async () => {
  const run = await world.started(actor());
  const claimed = await world.storage.claim(jobOf(run), 'somebody', 8_000);
  const epoch = claimed?.leaseEpoch ?? -1;
  const lease = { runId: run.id, sessionId: run.sessionId, version: run.version, epoch };
  // The job of the start leaves the outbox by itself.
  await eventually(async () => (await world.storage.outbox(0, 100, run.id)).length === 0);
  expect(await world.storage.release(lease)).toBe(true);
  expect(await world.storage.release(lease)).toBe(false);
  expect(await world.storage.outbox(0, 100, run.id)).toHaveLength(1);
  expect((await world.run(run.id)).attempt).toBe(0);
});
