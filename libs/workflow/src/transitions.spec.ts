import { FINAL_STATES, RUN_STATES, type RunState, type Stage, isFinal } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import type { RunEvent, StageEvent, TransitionEffect } from './run-events.js';
import type { Run, RunContext } from './run.js';
import { edit, failedTests, plan, sampleRun } from './testing/sample-run.js';
import { CASES, LIVE, env } from './testing/transition-cases.js';
import { TransitionError } from './transition-steps.js';
import { transition } from './transitions.js';

/** For each type of event, so that a new row can't come without a case. */
const TYPES: Record<RunEvent['type'], true> = {
  run_received: true,
  intent_extracted: true,
  question_asked: true,
  question_answered: true,
  answered: true,
  graph_read: true,
  impact_assessed: true,
  plan_proposed: true,
  plan_edited: true,
  approval_granted: true,
  approval_refused: true,
  base_moved: true,
  rebased: true,
  said_before_delivery: true,
  scope_exceeded: true,
  edited: true,
  repair_given_up: true,
  goal_changed: true,
  budget_reached: true,
  sandbox_missing: true,
  tests_finished: true,
  verified: true,
  delivered: true,
  cancel_requested: true,
  approval_expired: true,
  stage_failed: true,
};

const cases = Object.entries(CASES);
const allowed = cases.flatMap(([name, one]) =>
  one.from.map((state) => [name, state, one] as const),
);
function kindOf(effect: TransitionEffect): string {
  if (effect.kind === 'append') return effect.update.type;
  return effect.kind === 'open_approval' ? `open_approval:${effect.approval}` : effect.kind;
}

/** Makes every write to the run or anything in it throw. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

describe('the transition table', () => {
  it('has a case here for each of its rows', () => {
    expect(new Set(cases.map(([, { event }]) => event.type))).toEqual(new Set(Object.keys(TYPES)));
  });

  it.each(allowed)('%s, while %s', (_name, state, { event, to, effects }) => {
    const before = sampleRun(state);
    const after = transition(before, event, env);
    expect(after.run.state).toBe(to === 'same stage' ? before.stage : to);
    expect(after.effects.map(kindOf)).toEqual(effects);
  });

  it.each(cases)('refuses %s in every other state', (_name, { event, from }) => {
    for (const state of RUN_STATES.filter((one) => !from.includes(one))) {
      expect(() => transition(sampleRun(state), event, env)).toThrow(TransitionError);
    }
  });

  it.each(allowed)('is pure: %s, while %s, twice', (_name, state, { event }) => {
    const run = frozen(sampleRun(state, { revisions: [], extraFiles: [], answers: [] }));
    const copy = structuredClone(run);
    const first = transition(run, frozen(event), env);
    expect(run).toEqual(copy);
    expect(transition(run, event, env)).toEqual(first);
  });

  it.each(allowed)('%s, while %s: the status names the state', (_name, state, { event }) => {
    const { run, effects } = transition(sampleRun(state), event, env);
    const states = effects.flatMap((effect) =>
      effect.kind === 'append' && effect.update.type === 'status' ? [effect.update.data.state] : [],
    );
    expect(states).toEqual([run.state]);
  });

  it.each(allowed)('%s, while %s: a job goes out only into a stage', (_name, state, { event }) => {
    const { run, effects } = transition(sampleRun(state), event, env);
    const inStage = run.state === run.stage;
    expect(effects.some(({ kind }) => kind === 'dispatch')).toBe(inStage);
    if (inStage) expect(run).toMatchObject({ version: 8, attempt: 0 });
  });

  it.each(allowed)('%s, while %s: an outcome comes with the end', (_name, state, { event }) => {
    const { run, effects } = transition(sampleRun(state), event, env);
    expect(run.outcome !== null).toBe(isFinal(run.state));
    expect(effects.some(({ kind }) => kind === 'summarise')).toBe(isFinal(run.state));
  });

  it.each(FINAL_STATES)('lets nothing at all happen to a run that is %s', (state) => {
    for (const [, { event }] of cases) {
      expect(() => transition(sampleRun(state), event, env)).toThrow(TransitionError);
    }
  });
});

describe('approval', () => {
  /** Everything a stage, and so a model, can say; `autoApproved` is the policy's and is left out. */
  const stageEvents = cases
    .map(([, { event }]) => event)
    .filter(
      (event): event is StageEvent =>
        ![
          'run_received',
          'question_answered',
          'approval_granted',
          'approval_refused',
          'plan_edited',
          'cancel_requested',
          'approval_expired',
          'stage_failed',
        ].includes(event.type) && !('autoApproved' in event),
    );

  it('can come of nothing a stage says, in any state', () => {
    for (const state of RUN_STATES) {
      for (const event of stageEvents) {
        let after;
        try {
          after = transition(sampleRun(state), event, env);
        } catch (error) {
          expect(error).toBeInstanceOf(TransitionError);
          continue;
        }
        expect(after.run.context.approved).toBeUndefined();
        expect(after.run.context.unsandboxed).toBeUndefined();
        expect(after.run.context.extraFiles).toBeUndefined();
        expect(isFinal(state) || state !== 'awaiting_approval').toBe(true);
      }
    }
  });

  it.each(['question_answered', 'approval_expired', 'cancel_requested', 'stage_failed'] as const)(
    'does not come of %s',
    (type) => {
      for (const [, { event, from }] of cases.filter(([, one]) => one.event.type === type)) {
        for (const state of from) {
          const { run } = transition(sampleRun(state), event, env);
          expect(run.context.approved).toBeUndefined();
        }
      }
    },
  );

  it('binds plan, hash and base commit, and says who and when', () => {
    const { run } = transition(
      sampleRun('awaiting_approval'),
      { type: 'approval_granted', kind: 'plan', by: 'ann', notes: 'fine', codeEdits: false },
      env,
    );
    expect(run.context.approved).toEqual({
      planId: plan().plan_id,
      planHash: plan().plan_hash,
      baseSha: plan().base_sha,
      decidedBy: 'ann',
      decidedAt: env.now,
      codeEdits: false,
      notes: 'fine',
    });
  });

  it('by policy is recorded as such and the log says why', () => {
    const { run, effects } = transition(
      sampleRun('planning'),
      { type: 'plan_proposed', plan: plan(), message: '', autoApproved: 'one covered file' },
      env,
    );
    expect(run.context.approved?.decidedBy).toBe('policy');
    expect(JSON.stringify(effects)).toContain('plan approved by policy: one covered file');
  });

  it('of other kinds approves no plan', () => {
    for (const kind of ['diff', 'scope', 'unsandboxed', 'budget'] as const) {
      const { run } = transition(
        sampleRun('awaiting_approval'),
        { type: 'approval_granted', kind, by: 'ann', files: ['src/b.ts'] },
        env,
      );
      expect(run.context.approved).toBeUndefined();
    }
  });

  it('of more budget allows the amounts of its card, after those allowed before', () => {
    const before = { of: 'user_day', tokens: 5 } as const;
    const budget = { of: 'run', cost_usd: 2 } as const;
    const { run } = transition(
      { ...sampleRun('paused', { budgetGrants: [before], budgetWarned: true }), stage: 'planning' },
      { type: 'approval_granted', kind: 'budget', by: 'ann', budget },
      env,
    );
    expect(run).toMatchObject({
      state: 'planning',
      context: { budgetGrants: [before, budget], budgetWarned: false },
    });
  });

  it('of more files adds them to those allowed before', () => {
    const { run } = transition(
      sampleRun('awaiting_approval', { extraFiles: ['src/a.ts'] }),
      { type: 'approval_granted', kind: 'scope', by: 'ann', files: ['src/b.ts'] },
      env,
    );
    expect(run.context.extraFiles).toEqual(['src/a.ts', 'src/b.ts']);
  });

  it('of other edits is of those alone, word for word', () => {
    const asked = transition(
      sampleRun('editing'),
      {
        type: 'scope_exceeded',
        files: [],
        message: '',
        edits: { taskId: 't1', edits: 'it comes to 7 edits' },
      },
      env,
    );
    const granted = { type: 'approval_granted', kind: 'scope', by: 'ann' } as const;
    const { run } = transition(asked.run, granted, env);
    expect(run.context.agreedEdits).toEqual({ t1: 'it comes to 7 edits' });
    expect(transition(sampleRun('awaiting_approval'), granted, env).run.context).not.toHaveProperty(
      'agreedEdits',
    );
  });
});

describe('a diff approved in part', () => {
  const selection = { accepted: ['a#1'], dropped: ['a#2'] };
  const granted = { type: 'approval_granted', kind: 'diff', by: 'ann', notes: 'no logs' } as const;
  const reviewed = (): Run =>
    transition(sampleRun('awaiting_approval', { edit }), { ...granted, selection }, env).run;

  it('goes back to the editor with what stays, bound to the commit that was seen', () => {
    const { state, context } = reviewed();
    expect(state).toBe('editing');
    expect(context.review).toEqual({
      headSha: edit.headSha,
      ...selection,
      by: 'ann',
      reason: 'no logs',
    });
  });

  it('hands its reason to the next revision when what stays does not pass', () => {
    const testing = { ...reviewed(), state: 'testing' as const, stage: 'testing' as const };
    const { run } = transition(
      testing,
      { type: 'tests_finished', tests: failedTests, repairable: false },
      env,
    );
    expect(run.state).toBe('planning');
    expect(run.context.review).toBeUndefined();
    expect(run.context.revisions?.at(-1)?.reason).toMatch(/a#2.*1 new test failure.*\nno logs$/s);
  });

  it('hands it on as well when the base moves before delivery', () => {
    const late = { ...reviewed(), state: 'pr_creation' as const, stage: 'pr_creation' as const };
    const { run } = transition(late, { type: 'base_moved', reason: 'moved' }, env);
    expect(run.context.revisions?.at(-1)?.reason).toBe('moved\nno logs');
  });
});

describe('a new revision', () => {
  const decided: RunContext = {
    approved: {
      planId: plan().plan_id,
      planHash: plan().plan_hash,
      baseSha: plan().base_sha,
      decidedBy: 'ann',
      decidedAt: env.now,
      codeEdits: true,
    },
    extraFiles: ['src/b.ts'],
    unsandboxed: 'approved',
    tests: failedTests,
    verification: [],
    repairs: 2,
    revisions: [{ fromRevision: 1, reason: 'first' }],
    plan: plan(2),
  };

  it.each<[string, RunState, RunEvent]>([
    ['a moved base', 'pr_creation', { type: 'base_moved', reason: 'moved' }],
    [
      'requested changes',
      'awaiting_approval',
      { type: 'approval_refused', kind: 'diff', by: 'ann', reason: 'moved', final: false },
    ],
  ])(
    'after %s starts without approvals, edits and repairs of the old one',
    (_what, state, event) => {
      const { run, effects } = transition(sampleRun(state, decided), event, env);
      for (const gone of [
        'approved',
        'edit',
        'tests',
        'verification',
        'extraFiles',
        'unsandboxed',
      ]) {
        expect(run.context).not.toHaveProperty(gone);
      }
      expect(run.context.repairs).toBe(0);
      expect(run.context.revisions).toEqual([
        { fromRevision: 1, reason: 'first' },
        { fromRevision: 2, reason: 'moved' },
      ]);
      expect(effects[0]).toEqual({ kind: 'void_approvals' });
    },
  );

  it('by an edit of the plan takes the tasks along to be checked, and approves nothing', () => {
    const tasks = plan().plan.map((task) => ({ ...task, task: 'rename sub' }));
    const { run } = transition(
      sampleRun('awaiting_approval'),
      { type: 'plan_edited', by: 'ann', tasks },
      env,
    );
    expect(run.context.revisions?.at(-1)).toEqual({
      fromRevision: 1,
      reason: 'edited by ann',
      tasks,
    });
    expect(run.context.approved).toBeUndefined();
  });
});

describe('repair', () => {
  const tests: RunEvent = { type: 'tests_finished', tests: failedTests, repairable: true };

  it('happens at most as often as allowed, then the run fails and keeps its edits', () => {
    let run = sampleRun('testing');
    const states: RunState[] = [];
    for (let round = 0; round < 3; round += 1) {
      run = transition({ ...run, state: 'testing', stage: 'testing' }, tests, env).run;
      states.push(run.state);
    }
    expect(states).toEqual(['editing', 'editing', 'failed']);
    expect(run.context).toMatchObject({ repairs: 2, edit, tests: failedTests });
    expect(run.context.ending).toContain('adds');
  });

  it('hands over the new failures and the commit they are of, until the editor is done', () => {
    const failure = {
      kind: 'test' as const,
      framework: 'jest',
      name: 'adds',
      file: 'src/add.spec.ts',
      line: 3,
      message: 'Expected: 2',
      frames: ['src/add.ts:1 add'],
      excerpts: [],
    };
    const event: RunEvent = {
      type: 'tests_finished',
      tests: { ...failedTests, failures: [failure] },
      repairable: true,
    };
    const asked = transition(sampleRun('testing'), event, env).run;
    expect(asked.context.repair).toEqual({
      attempt: 1,
      of: 2,
      headSha: edit.headSha,
      failures: [failure],
    });
    const done = transition(asked, { type: 'edited', edit }, env).run;
    expect(done.context.repair).toBeUndefined();
    expect(done.context.repairs).toBe(1);
  });

  it('that the editor gives up ends the run with its reason, the failures and the edits', () => {
    const asked = transition(sampleRun('testing'), tests, env).run;
    const { run } = transition(
      asked,
      { type: 'repair_given_up', reason: 'Recipes can not repair.' },
      env,
    );
    expect(run).toMatchObject({ state: 'failed', context: { edit, tests: failedTests } });
    expect(run.context.ending).toContain('adds');
    expect(run.context.ending).toContain('Recipes can not repair.');
    expect(run.context.ending).toContain('nothing was pushed');
  });

  const broken = (kind: 'typecheck' | 'lint'): RunEvent => ({
    type: 'tests_finished',
    tests: {
      ...failedTests,
      status: 'passed',
      new_failures: [],
      checks: [
        {
          kind,
          tool: 'tsc',
          status: 'failed',
          message: '1 new problem, 0 known',
          new_problems: ['a.ts:1: no (TS1)'],
          known_problems: 0,
          fixed_problems: 0,
        },
      ],
    },
    repairable: true,
  });

  it('is tried for new type errors too; without one a person looks at them', () => {
    const asked = transition(sampleRun('testing'), broken('typecheck'), env).run;
    expect(asked).toMatchObject({ state: 'editing', context: { repairs: 1 } });
    const givenUp: RunEvent = { type: 'repair_given_up', reason: 'Nothing can.' };
    const { run, effects } = transition(asked, givenUp, env);
    expect(run.state).toBe('verification');
    expect(run.context.repair).toBeUndefined();
    expect(JSON.stringify(effects)).toContain('tsc: 1 new problem');
    const off = transition(sampleRun('testing'), broken('typecheck'), { ...env, maxRepairs: 0 });
    expect(off.run.state).toBe('verification');
  });

  it('is not tried for style', () => {
    expect(transition(sampleRun('testing'), broken('lint'), env).run.state).toBe('verification');
  });

  it('never happens when it is switched off', () => {
    expect(transition(sampleRun('testing'), tests, { ...env, maxRepairs: 0 }).run.state).toBe(
      'failed',
    );
  });

  it.each(['failed', 'not_run', 'no_tests'] as const)(
    'is not needed when %s without a new failure',
    (status) => {
      const event: RunEvent = {
        type: 'tests_finished',
        tests: { ...failedTests, status, new_failures: [] },
        repairable: true,
      };
      expect(transition(sampleRun('testing'), event, env).run.state).toBe('verification');
    },
  );
});

describe('waiting and ending', () => {
  it.each<Stage>(['intent_extraction', 'planning'])(
    'an answer leads back to the stage that asked: %s',
    (stage) => {
      const asked = transition(
        sampleRun(stage),
        { type: 'question_asked', question: 'Which?' },
        env,
      ).run;
      expect(asked.context.question).toEqual({ questionId: env.newId(), question: 'Which?' });
      const { run } = transition(asked, { type: 'question_answered', answer: 'both' }, env);
      expect(run).toMatchObject({ state: stage, stage, version: 9 });
      expect(run.context.question).toBeUndefined();
      expect(run.context.answers).toEqual([
        { questionId: env.newId(), question: 'Which?', answer: 'both' },
      ]);
    },
  );

  it('a cancel keeps the version while a worker may hold the run, so that its clean-up is logged', () => {
    for (const state of LIVE) {
      const { run } = transition(sampleRun(state), { type: 'cancel_requested', by: 'ann' }, env);
      const working = state === sampleRun(state).stage;
      expect(run).toMatchObject({ version: working ? 7 : 8, cancelRequested: true, attempt: 2 });
    }
  });

  it('every other end moves the version', () => {
    const ends = allowed.filter(
      ([, , { to, event }]) =>
        to !== 'same stage' && isFinal(to) && event.type !== 'cancel_requested',
    );
    for (const [, state, { event }] of ends) {
      expect(transition(sampleRun(state), event, env).run.version).toBe(8);
    }
  });

  it('a rejection says who and why', () => {
    const { run } = transition(
      sampleRun('awaiting_approval'),
      { type: 'approval_refused', kind: 'plan', by: 'ann', reason: 'too risky', final: true },
      env,
    );
    expect(run.context.ending).toBe('Rejected by ann: too risky. Nothing was delivered.');
  });
});
