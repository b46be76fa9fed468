import { randomUUID } from 'node:crypto';
import type { BudgetGrant, Stage } from '@hil/contracts';
import type { Actor, Approval, Decision, Run, StageExecutorOptions } from '@hil/workflow';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunWorld, actor, handler, jobOf } from './testing/run-world.js';

let world: RunWorld;
let commands: ReturnType<RunWorld['commands']>;
beforeAll(async () => {
  world = await RunWorld.open();
  commands = world.commands();
}, 120_000);
afterAll(() => world.close());

const code = (value: string) => expect.objectContaining({ code: value }) as unknown;

describe('a budget that is used up before there is a plan', () => {
  const budget: BudgetGrant = { of: 'run', cost_usd: 2 };
  /** A run that waits for more budget in a stage before its plan. */
  async function paused(
    by: Actor,
    stage: Stage = 'intent_extraction',
    options: Partial<StageExecutorOptions> = {},
  ): Promise<{ run: Run; approval: Approval }> {
    const run = await world.advance(await world.started(by), stage);
    return pause(run, options);
  }
  async function pause(
    run: Run,
    options: Partial<StageExecutorOptions> = {},
  ): Promise<{ run: Run; approval: Approval }> {
    const event = { type: 'budget_reached', message: '$2.00 of $2.00', budget } as const;
    await world.executor(options).execute(
      jobOf(run),
      handler(run.stage, () => Promise.resolve({ event })),
      new AbortController().signal,
    );
    const waiting = await world.run(run.id);
    return { run: waiting, approval: await world.pending(waiting) };
  }

  it.each(['intent_extraction', 'pkg_query', 'impact_analysis', 'planning'] as const)(
    'asks in %s, and a yes goes on there with the amounts of the card',
    async (stage) => {
      const by = actor();
      const { run, approval } = await paused(by, stage);
      expect(run).toMatchObject({ state: 'paused', stage });
      expect(approval).toMatchObject({ planId: null, card: { kind: 'budget', budget } });
      await commands.decide(by, { approval_id: approval.id, approved: true });
      const after = await world.run(run.id);
      expect(after).toMatchObject({ state: stage, context: { budgetGrants: [budget] } });
      expect(after.context.approved).toBeUndefined();
      expect((await world.advance(after, 'awaiting_approval')).context.plan?.revision).toBe(1);
    },
  );

  it('takes one decision of it, on this run, and none by a plan', async () => {
    const by = actor();
    const { run, approval } = await paused(by);
    const other = await paused(by);
    expect(approval.card.subject_hash).not.toBe(other.approval.card.subject_hash);
    const decision = { approval_id: approval.id, approved: true };
    for (const [asked, expected] of [
      [{ ...decision, session_id: other.run.sessionId }, 'approval_unknown'],
      [{ ...decision, plan_id: randomUUID() }, 'approval_unknown'],
      [{ ...decision, plan_hash: 'f'.repeat(64) }, 'approval_stale'],
      [{ ...decision, selection: ['a#1'] }, 'validation_error'],
    ] as [Decision, string][]) {
      await expect(commands.decide(by, asked)).rejects.toEqual(code(expected));
    }
    const tasks = [{ id: 't', task: 't', files: [], changes: [], tests: [], notes: '' }];
    await expect(
      commands.editPlan(by, { session_id: run.sessionId, plan_id: randomUUID(), plan: tasks }),
    ).rejects.toEqual(code('approval_unknown'));
    await commands.decide(by, decision);
    const again = await pause(await world.run(run.id));
    // The first yes is none to the second pause, and the second card is bound to something else.
    await expect(commands.decide(by, decision)).rejects.toEqual(code('approval_already_decided'));
    expect(again.approval.card.subject_hash).not.toBe(approval.card.subject_hash);
    expect((await world.run(other.run.id)).state).toBe('paused');
  });

  it('ends as rejected with a no and as expired without a word, and nothing was allowed', async () => {
    const by = actor();
    const refused = await paused(by, 'planning');
    await commands.decide(by, { approval_id: refused.approval.id, approved: false, reason: 'no' });
    const silent = await paused(by, 'planning', { approvalTtlSeconds: -1 });
    await world.reconciler().round();
    for (const [{ run, approval }, state] of [
      [refused, 'rejected'],
      [silent, 'expired'],
    ] as const) {
      const ended = await world.run(run.id);
      expect(ended).toMatchObject({ state, outcome: state });
      expect(ended.context.budgetGrants).toBeUndefined();
      expect(await world.storage.approval({ approvalId: approval.id })).toMatchObject({
        status: state,
      });
      expect(await world.eventsOf(run, 'summary')).toHaveLength(1);
    }
  });

  it('is the only thing the database takes without a plan', async () => {
    const { approval } = await paused(actor());
    const renamed = (kind: string) =>
      world.database.pool.query('UPDATE approval SET kind = $2 WHERE id = $1', [approval.id, kind]);
    for (const kind of ['plan', 'scope', 'diff', 'unsandboxed'])
      await expect(renamed(kind)).rejects.toThrow(/approval_of_a_plan/);
  });
});
