import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Decision, Run, RunCommands } from '@hil/workflow';
import { RunWorld, SECRET, actor, eventually, handler, jobOf, tally } from './testing/run-world.js';

let world: RunWorld;
let commands: RunCommands;
beforeAll(async () => {
  world = await RunWorld.open();
  commands = world.commands();
}, 60_000);
afterAll(() => world.close());

const approve = (run: Run, more: Partial<Decision> = {}): Decision => ({
  session_id: run.sessionId,
  plan_id: run.context.plan?.plan_id,
  kind: 'plan',
  approved: true,
  ...more,
});
const reject = (run: Run, more: Partial<Decision> = {}): Decision =>
  approve(run, { approved: false, reason: 'smaller', ...more });
const code = (value: string) => expect.objectContaining({ code: value }) as unknown;
const times = <T>(count: number, make: (index: number) => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, (_, index) => make(index)));

describe('an approval', () => {
  it('given 200 times at once is given once; the other 199 hear that it is decided', async () => {
    const by = actor();
    const { run, approval } = await world.planned(by);
    const results = await times(200, () => commands.decide(by, approve(run)));
    expect(tally(results)).toEqual({ ok: 1, approval_already_decided: 199 });
    const after = await world.run(run.id);
    expect(after).toMatchObject({ state: 'editing', version: run.version + 1 });
    expect(await world.storage.approval({ approvalId: approval.id })).toMatchObject({
      status: 'approved',
      decidedBy: by.id,
    });
    const statuses = (await world.eventsOf(run, 'status')).map(({ data }) => data.state);
    expect(statuses.filter((state) => state === 'editing')).toHaveLength(1);
    await expect(commands.decide(by, approve(run))).rejects.toEqual(
      code('approval_already_decided'),
    );
  });

  it('refused without a reason ends the run; refused with one is planned again', async () => {
    const by = actor();
    const ended = await world.planned(by);
    await commands.decide(by, reject(ended.run, { reason: ' ' }));
    expect(await world.run(ended.run.id)).toMatchObject({ state: 'rejected', outcome: 'rejected' });
    const again = await world.planned(by);
    await commands.decide(by, reject(again.run));
    expect(await world.run(again.run.id)).toMatchObject({ state: 'planning', outcome: null });
  });

  it('racing a cancel: one of them moves the run first, and the codes tell which', async () => {
    const by = actor();
    const seen = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      const { run } = await world.planned(by);
      const decide = () => commands.decide(by, approve(run));
      const cancel = () => commands.cancel(by, { session_id: run.sessionId });
      const first = round % 2 === 0 ? [decide, cancel] : [cancel, decide];
      const [decided, cancelled] = await Promise.allSettled(first.map((act) => act())).then(
        (results) => (round % 2 === 0 ? results : results.reverse()),
      );
      expect(cancelled?.status).toBe('fulfilled');
      if (decided?.status === 'rejected') expect(decided.reason).toEqual(code('run_ended'));
      const states = (await world.eventsOf(run, 'status')).map(({ data }) => data.state);
      const approval = await world.storage.approval({ planId: run.context.plan?.plan_id ?? '' });
      const { state, context } = await world.run(run.id);
      // A cancel may still follow an approval, never the other way round.
      expect(state).toBe('cancelled');
      const approvedFirst = states.includes('editing');
      expect(approval?.status).toBe(approvedFirst ? 'approved' : 'void');
      expect(context.approved === undefined).toBe(!approvedFirst);
      await expect(decide()).rejects.toEqual(
        code(approvedFirst ? 'approval_already_decided' : 'run_ended'),
      );
      await expect(cancel()).rejects.toEqual(code('run_ended'));
      expect(states.filter((one) => one === 'cancelled')).toHaveLength(1);
      expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
      seen.add(approvedFirst ? 'approved' : 'cancelled');
    }
    expect(seen.has('cancelled')).toBe(true);
  }, 60_000);

  it('racing an opposite decision: one wins, the other is too late', async () => {
    const by = actor();
    for (let round = 0; round < 10; round += 1) {
      const { run } = await world.planned(by);
      const results = await Promise.allSettled([
        commands.decide(by, approve(run)),
        commands.decide(by, reject(run, { final: true })),
      ]);
      expect(tally(results)).toEqual({ ok: 1, approval_already_decided: 1 });
      const { state } = await world.run(run.id);
      expect(state).toBe(results[0].status === 'fulfilled' ? 'editing' : 'rejected');
    }
  });

  it('racing its expiry: either it counts or the run expires, never both', async () => {
    const by = actor();
    for (let round = 0; round < 15; round += 1) {
      const { run, approval } = await world.planned(by);
      // Expires between the command's look at the clock and the reconciler's.
      await world.sql(
        `UPDATE approval SET expires_at = now() + interval '25 ms' WHERE id = $1::uuid`,
        [approval.id],
      );
      const reconciler = world.reconciler();
      const rounds = (async () => {
        await eventually(async () => {
          await reconciler.round();
          return (await world.run(run.id)).state !== 'awaiting_approval';
        });
      })();
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      const [decided] = await Promise.allSettled([commands.decide(by, approve(run)), rounds]);
      await rounds;
      const { state, context } = await world.run(run.id);
      if (decided.status === 'fulfilled') {
        expect(state).toBe('editing');
      } else {
        expect(decided.reason).toEqual(code('run_ended'));
        expect(state).toBe('expired');
        expect(context.approved).toBeUndefined();
        expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
      }
    }
  });

  it('that expired is refused even before the clock has ended the run', async () => {
    const by = actor();
    const { run } = await world.planned(by, { approvalTtlSeconds: -1 });
    await expect(commands.decide(by, approve(run))).rejects.toEqual(code('run_ended'));
    expect((await world.run(run.id)).state).toBe('awaiting_approval');
  });

  it('of the old revision is stale after changes were requested', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await commands.decide(by, reject(run));
    await expect(commands.decide(by, approve(run))).rejects.toMatchObject({
      code: expect.stringMatching(/^approval_(already_decided|stale)$/) as unknown,
    });
    const second = await world.advance(await world.run(run.id), 'awaiting_approval');
    expect(second.context.plan).toMatchObject({ revision: 2 });
    expect(second.context.revisions).toEqual([{ fromRevision: 1, reason: 'smaller' }]);
    await expect(commands.decide(by, approve(run))).rejects.toEqual(code('approval_stale'));
    await commands.decide(by, approve(second));
    expect((await world.run(run.id)).context.approved?.planId).toBe(second.context.plan?.plan_id);
  });

  it('of the old revision is stale after the plan was edited', async () => {
    const by = actor();
    const { run, approval } = await world.planned(by);
    const tasks = (run.context.plan?.plan ?? []).map((task) => ({ ...task, task: 'rename sub' }));
    const edit = { session_id: run.sessionId, plan_id: approval.planId ?? '', plan: tasks };
    await commands.editPlan(by, edit);
    const second = await world.advance(await world.run(run.id), 'awaiting_approval');
    expect(second.context.revisions?.at(-1)).toMatchObject({ fromRevision: 1, tasks });
    expect(second.context.plan).toMatchObject({ revision: 2 });
    expect(second.context.approved).toBeUndefined();
    await expect(commands.decide(by, approve(run))).rejects.toEqual(code('approval_stale'));
    await expect(commands.decide(by, { approval_id: approval.id, approved: true })).rejects.toEqual(
      code('approval_stale'),
    );
    await expect(commands.editPlan(by, edit)).rejects.toEqual(code('approval_stale'));
    await commands.decide(by, approve(second, { plan_hash: second.context.plan?.plan_hash }));
  });

  it('with another plan hash is stale, and an unknown one is unknown', async () => {
    const by = actor();
    const { run, approval } = await world.planned(by);
    const other = await world.planned(by);
    for (const [decision, expected] of [
      [approve(run, { plan_hash: 'f'.repeat(64) }), 'approval_stale'],
      [approve(run, { plan_id: randomUUID() }), 'approval_unknown'],
      [{ approval_id: randomUUID(), approved: true }, 'approval_unknown'],
      [approve(run, { session_id: other.run.sessionId }), 'approval_unknown'],
      [
        { approval_id: approval.id, plan_id: other.approval.planId, approved: true },
        'approval_unknown',
      ],
    ] as [Decision, string][]) {
      await expect(commands.decide(by, decision)).rejects.toEqual(code(expected));
    }
    expect(await world.run(run.id)).toEqual(run);
  });

  it('after a cancel finds the run ended', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await commands.cancel(by, { session_id: run.sessionId });
    await expect(commands.decide(by, approve(run))).rejects.toEqual(code('run_ended'));
    await expect(commands.decide(by, reject(run))).rejects.toEqual(code('run_ended'));
  });

  it('is forbidden to viewers and developers, and unknown to strangers who may not see it', async () => {
    const developer = actor('developer');
    const { run } = await world.planned(developer);
    for (const who of [developer, actor('viewer')]) {
      await expect(commands.decide(who, approve(run))).rejects.toEqual(code('forbidden'));
      await expect(
        commands.editPlan(who, {
          session_id: run.sessionId,
          plan_id: run.context.plan?.plan_id ?? '',
          plan: run.context.plan?.plan ?? [],
        }),
      ).rejects.toEqual(code('forbidden'));
    }
    expect((await world.run(run.id)).state).toBe('awaiting_approval');
    await commands.decide(actor('approver'), approve(run));
  });

  it('never comes of a chat message, whatever it says', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    for (const message of ['approve', 'yes', 'LGTM, go ahead', `approve ${run.id}`]) {
      const sent = await commands.chat(by, { session_id: run.sessionId, message });
      expect(sent).toMatchObject({ kind: 'steered', run_id: run.id });
    }
    expect((await world.pending(run)).status).toBe('pending');
    expect(await world.run(run.id)).toMatchObject({
      state: 'awaiting_approval',
      version: run.version,
    });
  });

  it('of the plan is no answer to what is asked after it, when somebody names the plan alone', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    await commands.decide(by, approve(run));
    const files = ['src/other.ts'];
    await world.executor().execute(
      jobOf(await world.run(run.id)),
      handler('editing', () =>
        Promise.resolve({ event: { type: 'scope_exceeded', files, message: 'one more file' } }),
      ),
      new AbortController().signal,
    );
    const late = { session_id: run.sessionId, plan_id: run.context.plan?.plan_id, approved: true };
    await expect(commands.decide(by, late)).rejects.toEqual(code('approval_already_decided'));
    const scope = await world.pending(run);
    expect(scope).toMatchObject({ status: 'pending', card: { kind: 'scope', files } });
    await commands.decide(by, {
      session_id: run.sessionId,
      approval_id: scope.id,
      approved: true,
    });
    expect((await world.run(run.id)).context.extraFiles).toEqual(files);
  });

  it('decided twice below the commands moves nothing the second time', async () => {
    const by = actor();
    const { run, approval } = await world.planned(by);
    await commands.decide(by, reject(run));
    const second = await world.advance(await world.run(run.id), 'awaiting_approval');
    const done = await world.storage.commit({
      expected: { runId: run.id, version: second.version, state: second.state },
      run: { ...second, state: 'editing', stage: 'editing', version: second.version + 1 },
      context: { set: {}, removed: [] },
      releaseLease: true,
      entries: [],
      dispatch: true,
      voidApprovals: false,
      artifacts: [],
      decision: {
        approvalId: approval.id,
        status: 'approved',
        decidedBy: 'x',
        reason: null,
        selection: null,
      },
    });
    expect(done).toBeNull();
    expect(await world.run(run.id)).toEqual(second);
  });

  it('stores its reason without secrets and characters that PostgreSQL refuses', async () => {
    const by = actor();
    const { run, approval } = await world.planned(by);
    await commands.decide(by, reject(run, { reason: `no\0 ${SECRET}`, selection: ['a\0b'] }));
    const stored = await world.storage.approval({ approvalId: approval.id });
    expect(stored?.reason).toBe('no� [redacted]');
  });
});

describe('expiry', () => {
  it('ends the run as expired, once, with one summary, and nothing approved', async () => {
    const by = actor();
    const { run } = await world.planned(by, { approvalTtlSeconds: -1 });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all([world.reconciler().round(), world.reconciler().round()]);
    }
    expect(await world.run(run.id)).toMatchObject({ state: 'expired', outcome: 'expired' });
    const approval = await world.storage.approval({ planId: run.context.plan?.plan_id ?? '' });
    expect(approval).toMatchObject({ status: 'expired', decidedBy: 'clock' });
    expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
    const statuses = (await world.eventsOf(run, 'status')).map(({ data }) => data.state);
    expect(statuses.filter((state) => state === 'expired')).toHaveLength(1);
    await expect(commands.decide(by, approve(run))).rejects.toEqual(code('run_ended'));
  });
});

describe('a client id', () => {
  it('sent twice does nothing twice: chat, steering, decision and cancel', async () => {
    const by = actor();
    const first = await commands.chat(by, { message: 'go', id: 'c1' });
    expect(await commands.chat(by, { message: 'go', id: 'c1' })).toMatchObject({
      run_id: first.run_id,
    });
    expect(await world.storage.countActiveRuns(by.id)).toBe(1);
    const steer = { message: 'more', id: 'c2', session_id: first.session_id };
    await commands.chat(by, steer);
    await commands.chat(by, steer);
    expect((await world.run(first.run_id)).context.steering).toEqual(['more']);
    const run = await world.advance(await world.run(first.run_id), 'awaiting_approval');
    const done = await commands.decide(by, approve(run, { id: 'c3' }));
    expect(await commands.decide(by, approve(run, { id: 'c3' }))).toEqual(done);
    const cancel = { session_id: run.sessionId, id: 'c4' };
    expect(await commands.cancel(by, cancel)).toEqual(await commands.cancel(by, cancel));
    expect(await world.count('audit_entry', run)).toBe(2);
  });

  it('sent many times at once starts one run and steers once', async () => {
    const by = actor();
    const sent = await Promise.all(
      Array.from({ length: 10 }, () => commands.chat(by, { message: 'go', id: 'same' })),
    );
    expect(new Set(sent.map(({ run_id }) => run_id)).size).toBe(1);
    expect(await world.storage.countActiveRuns(by.id)).toBe(1);
    const [first] = sent;
    const steer = { message: 'more', id: 'steer', session_id: first?.session_id };
    await Promise.all(Array.from({ length: 10 }, () => commands.chat(by, steer)));
    expect((await world.run(first?.run_id ?? '')).context.steering).toEqual(['more']);
  });

  it('given again in another session is refused, so that nothing is lost in silence', async () => {
    const by = actor();
    const { run } = await world.planned(by);
    const other = await world.planned(by);
    await commands.decide(by, approve(run, { id: '1' }));
    await expect(commands.cancel(by, { session_id: other.run.sessionId, id: '1' })).rejects.toEqual(
      code('validation_error'),
    );
    expect((await world.run(other.run.id)).state).toBe('awaiting_approval');
  });

  it('of one person says nothing about another’s', async () => {
    const [one, two] = [actor(), actor()];
    const first = await commands.chat(one, { message: 'go', id: 'shared' });
    const second = await commands.chat(two, { message: 'go', id: 'shared' });
    expect(second.run_id).not.toBe(first.run_id);
  });
});

describe('a session', () => {
  it('has one active run, however many messages come at once; the others steer it', async () => {
    const by = actor();
    const session_id = randomUUID();
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, i) => commands.chat(by, { message: `m${i}`, session_id })),
    );
    expect(sent.filter(({ kind }) => kind === 'started')).toHaveLength(1);
    expect(sent.filter(({ kind }) => kind === 'steered')).toHaveLength(19);
    const run = await world.run(sent[0]?.run_id ?? '');
    const messages = [run.request.message, ...(run.context.steering ?? [])];
    expect(messages.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `m${i}`).sort());
  });

  it('takes a message with any character', async () => {
    const by = actor();
    const message = `a\0b \ud800 ${SECRET}`;
    const { run_id, session_id } = await commands.chat(by, { message, id: 'i\0d' });
    await commands.chat(by, { message, session_id });
    const run = await world.run(run_id);
    expect(run.request.message).toBe('a�b � [redacted]');
    expect(run.context.steering).toEqual(['a�b � [redacted]']);
  });

  it('starts the next run when the one before has ended, and is closed to strangers', async () => {
    const by = actor('developer');
    const { session_id, run_id } = await commands.chat(by, { message: 'one' });
    await commands.cancel(by, { session_id });
    const next = await commands.chat(by, { message: 'two', session_id });
    expect(next).toMatchObject({ kind: 'started', session_id });
    expect(next.run_id).not.toBe(run_id);
    const stranger = actor('developer');
    await expect(commands.chat(stranger, { message: 'x', session_id })).rejects.toEqual(
      code('session_unknown'),
    );
    await expect(commands.cancel(stranger, { session_id })).rejects.toEqual(
      code('session_unknown'),
    );
  });

  it('is one of few that a person may have at work, even when asked for at once', async () => {
    const by = actor();
    const limited = world.commands({ maxActiveRuns: 3 });
    const results = await times(12, (i) => limited.chat(by, { message: `m${i}` }));
    expect(tally(results)).toEqual({ ok: 3, run_active_limit: 9 });
    expect(await world.storage.countActiveRuns(by.id)).toBe(3);
    await expect(limited.chat(by, { message: 'one more' })).rejects.toEqual(
      code('run_active_limit'),
    );
  });
});
