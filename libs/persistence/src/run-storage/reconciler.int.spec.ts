import type { StageQueue } from '@hil/messaging';
import type { StageJob } from '@hil/contracts';
import type { Run } from '@hil/workflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RunWorld, actor, eventually, gate, jobOf } from './testing/run-world.js';

let world: RunWorld;
beforeAll(async () => {
  world = await RunWorld.open();
}, 60_000);
afterAll(() => world.close());
// A round looks at all runs: each test begins with none.
beforeEach(() => world.sql('TRUNCATE session, run, outbox, client_command CASCADE'));

/** The queue of the world, for a test that needs to see or to break what is added. */
class WatchedQueue implements StageQueue {
  down = false;
  readonly added: { job: StageJob; jobId: string }[] = [];
  constructor(private readonly queue: StageQueue) {}
  async add(...[app, job, jobId]: Parameters<StageQueue['add']>): Promise<void> {
    if (this.down) throw new Error('the queue is down');
    await this.queue.add(app, job, jobId);
    this.added.push({ job, jobId });
  }
  consume(...given: Parameters<StageQueue['consume']>): ReturnType<StageQueue['consume']> {
    return this.queue.consume(...given);
  }
  hasConsumers(...given: Parameters<StageQueue['hasConsumers']>): Promise<boolean> {
    return this.queue.hasConsumers(...given);
  }
  counts(): ReturnType<StageQueue['counts']> {
    return this.queue.counts();
  }
  bullQueues(): ReturnType<StageQueue['bullQueues']> {
    return this.queue.bullQueues();
  }
  ping(): Promise<void> {
    return this.queue.ping();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function watched(): { queue: WatchedQueue; signals: ReturnType<RunWorld['signals']> } {
  const queue = new WatchedQueue(world.messaging.queue);
  return { queue, signals: world.signals({ queue }) };
}

/** Makes the approval look as if it had been asked for long ago: `share` of its time is over. */
async function age(run: Run, share: number): Promise<void> {
  await world.sql(
    `UPDATE approval SET created_at = now() - $2::float8 * interval '100 s',
       expires_at = now() + (1 - $2::float8) * interval '100 s' WHERE run_id = $1::uuid`,
    [run.id, share],
  );
}

async function reminders(run: Run): Promise<number> {
  const statuses = await world.eventsOf(run, 'status');
  return statuses.filter(({ data }) => data.message.startsWith('Still waiting')).length;
}

async function makeOld(run: Run, upToSeq = 1_000): Promise<void> {
  await world.sql(
    `UPDATE event SET created_at = now() - interval '100 days' WHERE session_id = $1::uuid AND seq <= $2::int`,
    [run.sessionId, upToSeq],
  );
}

describe('the outbox', () => {
  it('keeps jobs while the queue is down and sends each once when it is back', async () => {
    const { queue, signals } = watched();
    queue.down = true;
    const by = actor();
    const { run_id } = await world.commands({}, signals).chat(by, { message: 'go' });
    const run = await world.run(run_id);
    const reconciler = world.reconciler({}, signals);
    await reconciler.round();
    expect(await world.count('outbox', run)).toBe(1);
    expect(await world.run(run_id)).toEqual(run);
    queue.down = false;
    await reconciler.round();
    await reconciler.round();
    expect(queue.added.map(({ job }) => job)).toEqual([jobOf(run)]);
    expect(await world.count('outbox', run)).toBe(0);
  });

  it('forgets the rows of sent jobs soon, and at the latest when its process stops', async () => {
    const { queue, signals } = watched();
    const commands = world.commands({}, signals);
    const runs: Run[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { run_id } = await commands.chat(actor(), { message: 'go' });
      runs.push(await world.run(run_id));
    }
    const rows = async (): Promise<number> => {
      const counts = await Promise.all(runs.map((run) => world.count('outbox', run)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    await eventually(async () => (await rows()) === 0);
    const { run_id } = await commands.chat(actor(), { message: 'go' });
    await signals.close();
    expect(queue.added).toHaveLength(4);
    expect(await world.count('outbox', await world.run(run_id))).toBe(0);
  });

  it('writes the summary of every ended run: of one too long for an event, and beside one that has none', async () => {
    const expired = await world.planned(actor(), { approvalTtlSeconds: -1 });
    const long = await world.planned(actor());
    const names = Array.from({ length: 200 }, (_, at) => `${at} ${'\\'.repeat(990)}`);
    const tests = { status: 'failed', message: '', new_failures: [], fixed: [] };
    await world.sql(
      `UPDATE run SET state = 'failed', outcome = 'failed', ended_at = now(),
         context = context || $2::jsonb WHERE id = $1::uuid`,
      [long.run.id, JSON.stringify({ tests: { ...tests, known_failures: names } })],
    );
    const none = await world.planned(actor());
    await world.sql(
      `UPDATE run SET state = 'failed', outcome = NULL, ended_at = now() - interval '1 hour' WHERE id = $1::uuid`,
      [none.run.id],
    );
    await world.reconciler({}, watched().signals).round();
    expect(await world.run(expired.run.id)).toMatchObject({ state: 'expired', summarised: true });
    expect(await world.run(none.run.id)).toMatchObject({ summarised: false });
    const [summary] = await world.eventsOf(long.run, 'summary');
    expect(summary?.data).toMatchObject({ truncated: true, tests: { message: '' } });
    expect(summary?.data.tests.known_failures.length).toBeLessThan(200);
  });

  it('of a queue that is down keeps no approval from expiring and no summary from being written', async () => {
    const { queue, signals } = watched();
    const { run } = await world.planned(actor(), { approvalTtlSeconds: -1 });
    queue.down = true;
    await world.sql(
      `INSERT INTO outbox (run_id, stage, version, created_at) VALUES ($1::uuid, 'planning', 0, now() - interval '1 minute')`,
      [run.id],
    );
    await world.reconciler({}, signals).round();
    expect(await world.run(run.id)).toMatchObject({ state: 'expired', summarised: true });
  });

  it('sends work again whose worker died or whose job was lost, each time under a new id', async () => {
    const { queue, signals } = watched();
    const run = await world.started(actor());
    await eventually(async () => (await world.count('outbox', run)) === 0);
    const reconciler = world.reconciler({ staleMs: 10_000 }, signals);
    // Nothing to do: the job was sent a moment ago, and then a worker holds it.
    await reconciler.round();
    await world.storage.claim(jobOf(run), 'worker', 60_000);
    await reconciler.round();
    await reconciler.round();
    expect(queue.added).toEqual([]);
    // The worker died.
    await world.sql(`UPDATE run SET lease_until = now() - interval '1 ms'`);
    await reconciler.round();
    await reconciler.round();
    expect(queue.added.map(({ job }) => job)).toEqual([jobOf(run)]);
    // The queue lost the job.
    await world.sql(`UPDATE run SET dispatched_at = now() - interval '1 minute'`);
    await reconciler.round();
    await reconciler.round();
    await reconciler.round();
    expect(queue.added).toHaveLength(2);
    expect(new Set(queue.added.map(({ jobId }) => jobId)).size).toBe(2);
  });

  it('is patient with a job that waits in a long queue, not with one that is in no queue', async () => {
    const { queue, signals } = watched();
    const run = await world.started(actor());
    await eventually(async () => (await world.count('outbox', run)) === 0);
    const reconciler = world.reconciler({ staleMs: 60_000, lostMs: 2_000 }, signals);
    await world.sql(`UPDATE run SET dispatched_at = now() - interval '5 s'`);
    expect((await queue.counts()).planner.waiting).toBeGreaterThan(0);
    for (let i = 0; i < 2; i += 1) await reconciler.round();
    expect(queue.added).toEqual([]);
    await Promise.all(queue.bullQueues().map((each) => each.drain()));
    for (let i = 0; i < 3; i += 1) await reconciler.round();
    expect(queue.added.map(({ job }) => job)).toEqual([jobOf(run)]);
  });

  it('sends nothing for runs that wait for a person or have ended', async () => {
    const { queue, signals } = watched();
    const { run } = await world.planned(actor());
    const by = actor();
    const ended = await world.planned(by);
    await world.commands().cancel(by, { session_id: ended.run.sessionId });
    for (const sent of [run, ended.run]) {
      await eventually(async () => (await world.count('outbox', sent)) === 0);
    }
    await world.sql(`UPDATE run SET dispatched_at = now() - interval '1 day'`);
    for (let i = 0; i < 2; i += 1) await world.reconciler({ staleMs: 1 }, signals).round();
    expect(queue.added).toEqual([]);
  });
});

describe('reminders', () => {
  it('come at half-time and before the end, once each, and never decide', async () => {
    const { run } = await world.planned(actor());
    const rounds = () =>
      Promise.all([1, 2, 3].map(() => world.reconciler().round())).then(() =>
        world.reconciler().round(),
      );
    await age(run, 0.4);
    await rounds();
    expect(await reminders(run)).toBe(0);
    await age(run, 0.6);
    await rounds();
    expect(await reminders(run)).toBe(1);
    await age(run, 0.85);
    await rounds();
    expect(await reminders(run)).toBe(1);
    await age(run, 0.95);
    await rounds();
    expect(await reminders(run)).toBe(2);
    expect(await world.run(run.id)).toMatchObject({
      state: 'awaiting_approval',
      version: run.version,
    });
  });
});

describe('the leader', () => {
  it('is one at a time; when it stops or fails, another may lead', async () => {
    const { opened, open } = gate();
    const began = gate();
    const first = world.storage.asLeader(async () => {
      began.open();
      await opened;
    });
    await began.opened;
    let led = 0;
    const lead = () => {
      led += 1;
      return Promise.resolve();
    };
    const others = await Promise.all([1, 2, 3].map(() => world.storage.asLeader(lead)));
    open();
    expect(others).toEqual([false, false, false]);
    expect(led).toBe(0);
    expect(await first).toBe(true);
    await expect(world.storage.asLeader(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await world.storage.asLeader(lead)).toBe(true);
  });

  it('of a process that dies is followed by another', async () => {
    const { opened, open } = gate();
    const began = gate();
    const first = world.storage
      .asLeader(async () => {
        began.open();
        await opened;
      })
      .catch(() => undefined);
    await began.opened;
    await world.sql(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
         AND pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'hil')`,
    );
    await eventually(() => world.storage.asLeader(() => Promise.resolve()));
    open();
    await first;
  });

  it('goes on round after round until it is stopped, also after a round that failed', async () => {
    const { run } = await world.planned(actor());
    const real = world.storage.redispatchStale.bind(world.storage);
    let rounds = 0;
    world.storage.redispatchStale = (...given) => {
      rounds += 1;
      return rounds === 1 ? Promise.reject(new Error('broken once')) : real(...given);
    };
    const reconciler = world.reconciler({ everyMs: 10 });
    try {
      reconciler.start();
      await world.sql(`UPDATE approval SET expires_at = now() - interval '1 s'`);
      await eventually(async () => (await world.run(run.id)).state === 'expired');
    } finally {
      await reconciler.stop();
      world.storage.redispatchStale = real;
    }
    const stopped = rounds;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rounds).toBe(stopped);
  });
});

describe('retention', () => {
  it('drops old events of sessions without an active run and marks how far', async () => {
    const by = actor();
    const live = await world.planned(actor());
    const { run } = await world.planned(by);
    await world.commands().cancel(by, { session_id: run.sessionId });
    const all = await world.events(run);
    await makeOld(live.run);
    await makeOld(run, 5);
    await world.reconciler().round();
    expect((await world.events(run)).map(({ seq }) => seq)).toEqual(
      all.slice(5).map(({ seq }) => seq),
    );
    expect(await world.storage.session(run.sessionId)).toMatchObject({
      droppedSeq: 5,
      lastSeq: all.length,
    });
    expect(await world.events(live.run)).not.toEqual([]);
    expect(await world.storage.session(live.run.sessionId)).toMatchObject({ droppedSeq: 0 });
  });

  it('drops what else is past its retention in the same round, and no more in the next', async () => {
    let rounds = 0;
    const cleanUps = [{ what: 'entries', run: () => Promise.resolve((rounds += 1)) }];
    const reconciler = world.reconciler({ cleanUps });
    await reconciler.round();
    await reconciler.round();
    expect(rounds).toBe(1);
  });

  it('does not start the numbers again', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await world.commands().cancel(by, { session_id: run.sessionId });
    const last = (await world.events(run)).length;
    await makeOld(run);
    await world.reconciler().round();
    expect(await world.events(run)).toEqual([]);
    await world.commands().chat(by, { message: 'again', session_id: run.sessionId });
    expect((await world.events(run)).map(({ seq }) => seq)).toEqual([last + 1, last + 2]);
    expect(await world.storage.session(run.sessionId)).toMatchObject({ droppedSeq: last });
  });
});

describe('a restart', () => {
  it('of the only process gives its leases back, so that work goes on at once', async () => {
    const { queue, signals } = watched();
    const run = await world.started(actor());
    await eventually(async () => (await world.count('outbox', run)) === 0);
    await world.storage.claim(jobOf(run), 'before the restart', 600_000);
    expect(await world.storage.releaseAllLeases()).toBe(1);
    const reconciler = world.reconciler({}, signals);
    await reconciler.round();
    await reconciler.round();
    expect(queue.added.map(({ job }) => job)).toEqual([jobOf(run)]);
    expect(await world.storage.claim(jobOf(run), 'after', 60_000)).toMatchObject({ attempt: 2 });
  });
});
