import { setTimeout as sleep } from 'node:timers/promises';
import { HilError } from '@hil/contracts';
import type { DoorbellBus } from '@hil/messaging';
import type { Run, StageContext, StageResult } from '@hil/workflow';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunWorld, actor, eventually, gate, handler, jobOf } from './testing/run-world.js';
import { eventFrom } from './testing/sample-events.js';

let world: RunWorld;
beforeAll(async () => {
  world = await RunWorld.open();
}, 60_000);
afterAll(() => world.close());

const never = new AbortController().signal;

/** A stage that works until it is stopped, and says when it began. */
function patient(run: Run): {
  stage: ReturnType<typeof handler>;
  began: Promise<StageContext>;
  stoppedAt: () => number;
} {
  const { opened, open } = gate();
  let context: StageContext | undefined;
  let stopped = 0;
  return {
    stage: handler(run.stage, async (given): Promise<StageResult> => {
      context = given;
      open();
      given.log('working');
      try {
        await sleep(30_000, undefined, { signal: given.signal });
      } finally {
        stopped = Date.now();
        await given.emit({
          type: 'log',
          data: { message: 'cleaned up', level: 'info', source: 'test' },
        });
      }
      return { event: eventFrom(run) };
    }),
    began: opened.then(() => {
      if (context === undefined) throw new Error('began without a context');
      return context;
    }),
    stoppedAt: () => stopped,
  };
}

/** The type and words of each event, for reading the order. */
async function story(run: Run): Promise<string[]> {
  return (await world.events(run)).map((event) => {
    if (event.type === 'log') return event.data.message;
    return event.type === 'status' ? `<${event.data.state}>` : `<${event.type}>`;
  });
}

describe('a cancel', () => {
  it('of a run nobody works on is followed by its summary at once', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await world.commands().cancel(by, { session_id: run.sessionId });
    expect((await story(run)).slice(-2)).toEqual(['<cancelled>', '<summary>']);
    expect((await world.run(run.id)).summarised).toBe(true);
  });

  it('stops the worker by the bus; the summary comes once, after the clean-up', async () => {
    const by = actor();
    const run = await world.started(by);
    const executor = world.executor({ heartbeatMs: 60_000 });
    const deaf = await executor.listen();
    const work = patient(run);
    const done = executor.execute(jobOf(run), work.stage, never);
    await work.began;
    const asked = Date.now();
    await world.commands().cancel(by, { session_id: run.sessionId });
    expect(await world.run(run.id)).toMatchObject({ state: 'cancelled', summarised: false });
    await done;
    expect(work.stoppedAt() - asked).toBeLessThan(1_000);
    const told = await story(run);
    expect(told.slice(-2)).toEqual(['cleaned up', '<summary>']);
    expect(told.indexOf('<cancelled>')).toBeLessThan(told.indexOf('cleaned up'));
    await world.reconciler().round();
    expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
    await deaf();
  });

  it('reaches the worker within about a second when its bus message is lost', async () => {
    const by = actor();
    const run = await world.started(by);
    const executor = world.executor({ heartbeatMs: 1_000 });
    const work = patient(run);
    const done = executor.execute(jobOf(run), work.stage, never);
    await work.began;
    const asked = Date.now();
    // The executor does not listen: the message goes to nobody.
    await world.commands().cancel(by, { session_id: run.sessionId });
    await done;
    expect(work.stoppedAt() - asked).toBeLessThan(1_500);
    expect((await story(run)).slice(-2)).toEqual(['cleaned up', '<summary>']);
  });

  it('wins over a result that comes at the same time', async () => {
    const by = actor();
    const run = await world.started(by);
    const work = handler(run.stage, async () => {
      await world.commands().cancel(by, { session_id: run.sessionId });
      return { event: eventFrom(run) };
    });
    await world.executor().execute(jobOf(run), work, never);
    expect(await world.run(run.id)).toMatchObject({ state: 'cancelled', summarised: true });
    expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
  });

  it('during a shutdown still gets its summary from the worker', async () => {
    const by = actor();
    const run = await world.started(by);
    const shutdown = new AbortController();
    const work = handler(run.stage, async (context) => {
      await sleep(30_000, undefined, { signal: context.signal }).catch(() => undefined);
      await world.commands().cancel(by, { session_id: run.sessionId });
      throw new Error('stopped');
    });
    const done = world.executor().execute(jobOf(run), work, shutdown.signal);
    shutdown.abort();
    await done;
    expect((await story(run)).slice(-2)).toEqual(['<cancelled>', '<summary>']);
  });

  it('of a run whose worker died is summarised when its lease has run out', async () => {
    const by = actor();
    const run = await world.started(by);
    await world.storage.claim(jobOf(run), 'dead', 60_000);
    await world.commands().cancel(by, { session_id: run.sessionId });
    await world.reconciler().round();
    expect(await world.eventsOf(run, 'summary')).toHaveLength(0);
    await world.sql(`UPDATE run SET lease_until = now() - interval '1 s' WHERE id = $1::uuid`, [
      run.id,
    ]);
    await world.reconciler().round();
    await world.reconciler().round();
    expect((await story(run)).slice(-2)).toEqual(['<cancelled>', '<summary>']);
  });

  it('that can not be announced still ends the run', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    const { bus } = world.messaging;
    const broken: DoorbellBus = {
      ring: () => Promise.reject(new Error('bus down')),
      requestCancel: () => Promise.reject(new Error('bus down')),
      subscribe: (session, listener) => bus.subscribe(session, listener),
      onCancel: (listener) => bus.onCancel(listener),
      ping: () => bus.ping(),
      close: () => Promise.resolve(),
    };
    const commands = world.commands({}, world.signals({ bus: broken }));
    await commands.cancel(by, { session_id: run.sessionId });
    expect(await world.run(run.id)).toMatchObject({ state: 'cancelled', summarised: true });
  });
});

describe('a stage', () => {
  it('that throws fails the run, says why, and closes with a summary', async () => {
    const run = await world.started(actor());
    const work = handler(run.stage, (context) => {
      context.log('about to break');
      return Promise.reject(
        new HilError('repository_not_found', 'there is no such repository', { retryable: false }),
      );
    });
    await world.executor().execute(jobOf(run), work, never);
    expect(await world.run(run.id)).toMatchObject({ state: 'failed', outcome: 'failed' });
    expect((await story(run)).slice(-4)).toEqual([
      'about to break',
      '<error>',
      '<failed>',
      '<summary>',
    ]);
    const [error] = await world.eventsOf(run, 'error');
    expect(error?.data).toEqual({
      code: 'repository_not_found',
      message: 'there is no such repository',
      retryable: false,
    });
  });

  it('that answers with an event of another stage fails the run', async () => {
    const run = await world.started(actor());
    const work = handler(run.stage, () =>
      Promise.resolve({ event: { type: 'delivered', delivery: { pushed: false, note: '' } } }),
    );
    await world.executor().execute(jobOf(run), work, never);
    expect((await world.run(run.id)).state).toBe('failed');
  });

  it('that sends too large an event fails with the reason', async () => {
    const run = await world.started(actor());
    const work = handler(run.stage, async (context) => {
      await context.emit({
        type: 'query_response',
        data: { answer: 'x'.repeat(300_000), references: [] },
      });
      return { event: eventFrom(run) };
    });
    await world.executor().execute(jobOf(run), work, never);
    const [error] = await world.eventsOf(run, 'error');
    expect(error?.data.message).toMatch(/an event of type query_response has \d+ bytes/);
  });

  it('that takes too long is stopped and fails the run', async () => {
    const run = await world.started(actor());
    const executor = world.executor({ stageTimeoutMs: 50 });
    await executor.execute(jobOf(run), patient(run).stage, never);
    const [error] = await world.eventsOf(run, 'error');
    expect(error?.data.message).toContain('took longer than 0.05 s');
  });

  it('saves progress that the next attempt goes on from', async () => {
    const run = await world.started(actor());
    const graph = { modules: 1, symbols: 2, edges: 3, languages: [] };
    await world.storage.claim(jobOf(run), 'first', 60_000);
    const { leaseEpoch } = await world.run(run.id);
    await world.storage.checkpoint(
      { runId: run.id, sessionId: run.sessionId, version: run.version, epoch: leaseEpoch },
      { context: { graph }, artifacts: [], entries: [] },
    );
    await world.sql(`UPDATE run SET lease_until = now() - interval '1 s' WHERE id = $1::uuid`, [
      run.id,
    ]);
    let seen: unknown;
    const work = handler(run.stage, (context) => {
      seen = context.run.context.graph;
      return Promise.resolve({ event: eventFrom(run) });
    });
    await world.executor().execute(jobOf(run), work, never);
    expect(seen).toEqual(graph);
    expect((await world.run(run.id)).context.graph).toEqual(graph);
  });
});

describe('a worker', () => {
  it('that dies is followed by another: its events stay, new ones carry the next attempt', async () => {
    const run = await world.started(actor());
    await eventually(async () => (await world.count('outbox', run)) === 0);
    const dead = await world.storage.claim(jobOf(run), 'dead', 100);
    if (dead === null) throw new Error('the claim was refused');
    await world.storage.append(
      { runId: run.id, sessionId: run.sessionId, version: run.version, epoch: dead.leaseEpoch },
      [
        {
          update: { type: 'log', data: { message: 'first try', level: 'info', source: 'test' } },
          stage: run.stage,
          attempt: dead.attempt,
        },
      ],
    );
    const executor = world.executor();
    const jobs: string[] = [];
    const consumer = await world.messaging.queue.consume(
      'planner',
      async (job, signal, { jobId }) => {
        if (job.runId !== run.id || job.stage !== run.stage) return;
        await sleep(jobs.length === 0 ? 0 : 1);
        jobs.push(jobId);
        await executor.execute(
          job,
          handler(job.stage, async (context) => {
            await context.emit({
              type: 'log',
              data: { message: 'second try', level: 'info', source: 'test' },
            });
            return { event: eventFrom(run) };
          }),
          signal,
        );
      },
      { concurrency: 4 },
    );
    try {
      await eventually(async () => {
        await world.reconciler().round();
        return (await world.run(run.id)).state === 'pkg_query';
      }, 15_000);
    } finally {
      await consumer.close();
    }
    const logs = await world.eventsOf(run, 'log');
    expect(logs.map(({ attempt, data }) => [attempt, data.message])).toEqual([
      [1, 'first try'],
      [2, 'attempt 2: the worker before was lost, going on'],
      [2, 'second try'],
    ]);
    expect(new Set(jobs).size).toBe(jobs.length);
    const seqs = (await world.events(run)).map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
  });

  it('that dies each time fails the run after the attempts it may have', async () => {
    const run = await world.started(actor());
    let begun = 0;
    const work = handler(run.stage, () => {
      begun += 1;
      return Promise.resolve({ event: eventFrom(run) });
    });
    for (let i = 0; i < 3; i += 1) await world.storage.claim(jobOf(run), 'dead', -1);
    await world.executor({ maxAttempts: 3 }).execute(jobOf(run), work, never);
    expect(begun).toBe(0);
    expect(await world.run(run.id)).toMatchObject({ state: 'failed', summarised: true });
    const [error] = await world.eventsOf(run, 'error');
    expect(error?.data.message).toContain('was begun 3 times and its worker died each time');
  });

  it('that is shut down gives the run back, and the attempt does not count', async () => {
    const run = await world.started(actor());
    await eventually(async () => (await world.count('outbox', run)) === 0);
    const shutdown = new AbortController();
    const work = patient(run);
    const done = world.executor().execute(jobOf(run), work.stage, shutdown.signal);
    await work.began;
    const before = await world.messaging.queue.counts();
    shutdown.abort();
    await done;
    expect(await world.run(run.id)).toMatchObject({
      state: run.state,
      version: run.version,
      attempt: 0,
      leaseUntil: null,
    });
    expect((await world.messaging.queue.counts()).planner.waiting).toBe(before.planner.waiting + 1);
    await world.advance(await world.run(run.id), 'awaiting_approval', { maxAttempts: 1 });
  });

  it('whose lease was taken over changes nothing any more, not even the log', async () => {
    const run = await world.started(actor());
    const { opened, open } = gate();
    const began = gate();
    const refused: unknown[] = [];
    const work = handler(run.stage, async (context) => {
      began.open();
      await opened;
      for (const write of [
        () => context.emit({ type: 'log', data: { message: 'late', level: 'info', source: 't' } }),
        () => context.checkpoint({ context: { ending: 'late' } }),
      ]) {
        await write().catch((error: unknown) => refused.push(error));
      }
      return { event: eventFrom(run) };
    });
    const slow = world.executor({ leaseMs: 1, heartbeatMs: 60_000 });
    const done = slow.execute(jobOf(run), work, never);
    await began.opened;
    await sleep(20);
    await world.advance(await world.run(run.id), 'awaiting_approval');
    const [row, events] = [await world.run(run.id), await world.events(run)];
    open();
    await done;
    expect(refused).toHaveLength(2);
    expect(await world.run(run.id)).toEqual(row);
    expect(await world.events(run)).toEqual(events);
  });

  it('notices at its next heartbeat that its lease was taken over', async () => {
    const run = await world.started(actor());
    const work = handler(run.stage, async (context) => {
      await sleep(30_000, undefined, { signal: context.signal });
      return { event: eventFrom(run) };
    });
    const done = world.executor({ heartbeatMs: 50 }).execute(jobOf(run), work, never);
    await eventually(async () => (await world.run(run.id)).attempt === 1);
    await world.sql('UPDATE run SET lease_epoch = lease_epoch + 1 WHERE id = $1::uuid', [run.id]);
    await done;
    expect((await world.run(run.id)).state).toBe(run.state);
  });

  it('of many that get the same job works it alone', async () => {
    const run = await world.started(actor());
    let begun = 0;
    const work = handler(run.stage, async () => {
      begun += 1;
      await sleep(50);
      return { event: eventFrom(run) };
    });
    await Promise.all(
      Array.from({ length: 8 }, () => world.executor().execute(jobOf(run), work, never)),
    );
    expect(begun).toBe(1);
    expect(await world.run(run.id)).toMatchObject({ state: 'pkg_query', version: run.version + 1 });
  });

  it('carries a run from message to delivery, waiting only for the person', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await world
      .commands()
      .decide(by, { plan_id: run.context.plan?.plan_id, kind: 'plan', approved: true });
    await world.advance(await world.run(run.id), 'completed');
    expect((await story(run)).filter((told) => told.startsWith('<'))).toEqual([
      '<received>',
      '<intent_extraction>',
      '<pkg_query>',
      '<impact_analysis>',
      '<planning>',
      '<approval_request>',
      '<awaiting_approval>',
      '<editing>',
      '<testing>',
      '<verification>',
      '<pr_creation>',
      '<completed>',
      '<summary>',
    ]);
    const [summary] = await world.eventsOf(run, 'summary');
    expect(summary?.data).toMatchObject({ outcome: 'patch_ready', message: 'The patch is ready.' });
  });
});
