import {
  type NewUpdate,
  type Outcome,
  type PlanTask,
  type RunState,
  type Stage,
  type TestSummary,
  isFinal,
  isStage,
} from '@hil/contracts';
import type { RunEvent, TransitionEffect } from './run-events.js';
import type { Run, RunContext } from './run.js';

/** What a transition may not decide by itself. */
export interface TransitionEnvironment {
  /** ISO 8601 UTC. */
  now: string;
  newId: () => string;
  /** AGENT_MAX_RETRIES; 0 when FIX_ON_TEST_FAILURE is off. */
  maxRepairs: number;
}

/** The run after an event, and what the store has to do with it in one transaction. */
export interface Transition {
  run: Run;
  effects: TransitionEffect[];
}

/** Thrown when an event can't happen in the state the run is in; nothing was changed. */
export class TransitionError extends Error {
  constructor(
    readonly state: RunState,
    readonly event: RunEvent['type'],
  ) {
    super(`"${event}" can't happen to a run that is ${state}`);
    this.name = 'TransitionError';
  }
}

export function append(update: NewUpdate): TransitionEffect {
  return { kind: 'append', update };
}

function status(state: RunState, message: string): TransitionEffect {
  return append({ type: 'status', data: { state, message } });
}

export function log(message: string): TransitionEffect {
  return append({ type: 'log', data: { message, level: 'info', source: 'hil' } });
}

export function openPlanApproval(message: string): TransitionEffect {
  return { kind: 'open_approval', approval: 'plan', message, subject: null };
}

/** Into a stage: the next version, a status, and a job. */
export function enter(
  run: Run,
  stage: Stage,
  context: Partial<RunContext>,
  message: string,
): Transition {
  return {
    run: {
      ...run,
      state: stage,
      stage,
      version: run.version + 1,
      attempt: 0,
      context: { ...run.context, ...context },
    },
    effects: [status(stage, message), { kind: 'dispatch' }],
  };
}

/** Into a wait: the next version, a status, and no job: waiting costs nothing. */
export function wait(
  run: Run,
  state: RunState,
  context: Partial<RunContext>,
  message: string,
  effects: TransitionEffect[],
): Transition {
  return {
    run: {
      ...run,
      state,
      version: run.version + 1,
      attempt: 0,
      context: { ...run.context, ...context },
    },
    effects: [...effects, status(state, message)],
  };
}

export function waitForApproval(
  run: Run,
  context: Partial<RunContext>,
  message: string,
  effects: TransitionEffect[],
): Transition {
  return wait(run, 'awaiting_approval', context, message, effects);
}

/** Back to planning: every approval of the old revision, of whichever kind, and its edits are void. */
export function replan(run: Run, reason: string, message: string, tasks?: PlanTask[]): Transition {
  const plan = requirePlan(run);
  const {
    approved: _approved,
    extraFiles: _extraFiles,
    askedEdits: _askedEdits,
    agreedEdits: _agreedEdits,
    unsandboxed: _unsandboxed,
    edit: _edit,
    tests: _tests,
    repair: _repair,
    repairBegun: _repairBegun,
    repaired: _repaired,
    hearing: _hearing,
    verification: _verification,
    draft: _draft,
    estimate: _estimate,
    rebases: _rebases,
    delivering: _delivering,
    diffApproved: _diffApproved,
    review,
    ...kept
  } = run.context;
  const revision = {
    fromRevision: plan.revision,
    // What a person said of hunks they dropped must not be lost when the work begins again.
    reason: review === undefined || review.reason === '' ? reason : `${reason}\n${review.reason}`,
    ...(tasks === undefined ? {} : { tasks }),
  };
  const next = enter(
    { ...run, context: kept },
    'planning',
    { revisions: [...(kept.revisions ?? []), revision], repairs: 0, hearings: 0 },
    message,
  );
  return { run: next.run, effects: [{ kind: 'void_approvals' }, ...next.effects] };
}

/**
 * Into a final state. A cancel keeps the version, so that the worker that holds the lease
 * may still log its clean-up; its commit is refused because the state is another.
 */
export function end(
  run: Run,
  state: RunState,
  outcome: Outcome,
  message: string,
  before: TransitionEffect[] = [],
): Transition {
  if (!isFinal(state)) throw new TransitionError(state, 'delivered');
  const heldByWorker = state === 'cancelled' && isStage(run.state);
  return {
    run: {
      ...run,
      state,
      outcome,
      version: heldByWorker ? run.version : run.version + 1,
      context: { ...run.context, ending: message },
    },
    effects: [...before, { kind: 'void_approvals' }, status(state, message), { kind: 'summarise' }],
  };
}

/** The run when the editor is done with what the finished change came back to it for. */
export function withoutRequest(run: Run): Run {
  const { repair: _done, hearing: _heard, ...context } = run.context;
  return { ...run, context };
}

/** True when the change broke tests, types or the build; style alone is for a person to judge. */
export function isBroken(tests: TestSummary): boolean {
  const failed = tests.status === 'failed' && tests.new_failures.length > 0;
  return failed || brokenChecks(tests).length > 0;
}

function brokenChecks(tests: TestSummary): NonNullable<TestSummary['checks']> {
  return (tests.checks ?? []).filter(({ kind, status }) => status === 'failed' && kind !== 'lint');
}

/** `2 new test failures: a.spec.ts: adds; a.spec.ts: sums`, the first three by name, else what checks say. */
export function newFailures(tests: TestSummary): string {
  const names = tests.new_failures;
  if (names.length === 0) {
    return brokenChecks(tests)
      .map(({ tool, message }) => `${tool}: ${message}`)
      .join('; ');
  }
  const named = names.slice(0, 3).join('; ');
  return `${names.length} new test ${names.length === 1 ? 'failure' : 'failures'}: ${named}`;
}

/** The change broke tests and nothing mends it: a person gets the patch, nobody else does. */
export function endWithCandidate(run: Run, reason = ''): Transition {
  const { tests } = run.context;
  const sentences = [
    ...(tests === undefined ? [] : [`${newFailures(tests)}.`]),
    ...(reason === '' ? [] : [reason]),
    'The candidate patch is kept; nothing was pushed.',
  ];
  return end(run, 'failed', 'failed', sentences.join(' '));
}

export function requirePlan(run: Run): NonNullable<RunContext['plan']> {
  if (run.context.plan === undefined) throw new Error(`run ${run.id} has no plan`);
  return run.context.plan;
}
