import { type BudgetGrant, type RunState, STAGES } from '@hil/contracts';
import type { RunEvent, TransitionEffect } from './run-events.js';
import type { Run, RunContext } from './run.js';
import {
  type Transition,
  type TransitionEnvironment,
  TransitionError,
  append,
  end,
  endWithCandidate,
  enter,
  isBroken,
  log,
  newFailures,
  openPlanApproval,
  replan,
  requirePlan,
  wait,
  waitForApproval,
  withoutRequest,
} from './transition-steps.js';

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Row<T extends RunEvent['type']> = {
  from: readonly RunState[];
  to: (run: Run, event: EventOf<T>, env: TransitionEnvironment) => Transition;
};

const LIVE: readonly RunState[] = [
  'received',
  ...STAGES,
  'awaiting_answer',
  'awaiting_approval',
  'paused',
];

/** One row for each event: the states it may come in, and where it leads. Everything that decides what comes next is here. */
const TABLE: { [T in RunEvent['type']]: Row<T> } = {
  run_received: {
    from: ['received'],
    to: (run) => enter(run, 'intent_extraction', {}, 'Message received; reading what is wanted.'),
  },
  intent_extracted: {
    from: ['intent_extraction'],
    to: (run, { intent }) =>
      enter(run, 'pkg_query', { intent }, `Understood: ${intent.description.slice(0, 200)}.`),
  },
  question_asked: {
    from: ['intent_extraction', 'planning'],
    to: (run, { question, options }, env) => {
      const questionId = env.newId();
      return wait(
        run,
        'awaiting_answer',
        { question: { questionId, question } },
        'Waiting for an answer.',
        [
          append({
            type: 'question',
            data: {
              question_id: questionId,
              question,
              ...(options === undefined ? {} : { options }),
            },
          }),
        ],
      );
    },
  },
  question_answered: {
    from: ['awaiting_answer'],
    to: (run, { answer }) => {
      const { question, ...rest } = run.context;
      const answers = question === undefined ? [] : [{ ...question, answer }];
      return enter(
        { ...run, context: rest },
        run.stage,
        { answers: [...(rest.answers ?? []), ...answers] },
        'Answer received; going on.',
      );
    },
  },
  answered: {
    from: ['intent_extraction', 'pkg_query', 'impact_analysis', 'planning'],
    to: (run, { message, updates }) =>
      end(run, 'completed', 'answered', message, updates.map(append)),
  },
  graph_read: {
    from: ['pkg_query'],
    to: (run, { repository, graph }) =>
      enter(
        run,
        'impact_analysis',
        { repository, graph },
        `Graph read: ${graph.modules} modules, ${graph.symbols} symbols, ${graph.edges} edges.`,
      ),
  },
  impact_assessed: {
    from: ['impact_analysis'],
    to: (run, { impact }) =>
      enter(
        run,
        'planning',
        { impact },
        `Impact assessed: ${impact.risk} risk (${impact.score} of 100).`,
      ),
  },
  plan_proposed: {
    from: ['planning'],
    to: (run, { plan, message, autoApproved, estimate }, env) => {
      const context = { plan, ...(estimate === undefined ? {} : { estimate }) };
      const store: TransitionEffect = { kind: 'store_plan', plan };
      if (autoApproved === undefined) {
        return waitForApproval(run, context, message, [store, openPlanApproval(message)]);
      }
      const approved = {
        planId: plan.plan_id,
        planHash: plan.plan_hash,
        baseSha: plan.base_sha,
        decidedBy: 'policy',
        decidedAt: env.now,
        codeEdits: true,
      };
      const next = enter(
        run,
        'editing',
        { ...context, approved },
        `Approved by policy: ${autoApproved}`,
      );
      return {
        run: next.run,
        effects: [store, log(`plan approved by policy: ${autoApproved}`), ...next.effects],
      };
    },
  },
  plan_edited: {
    from: ['awaiting_approval'],
    to: (run, { by, tasks }) =>
      // Through planning, which carries the tasks out once and says what they reach.
      replan(
        run,
        `edited by ${by}`,
        `Plan edited by ${by}; checking it as revision ${requirePlan(run).revision + 1}.`,
        tasks,
      ),
  },
  approval_granted: {
    from: ['awaiting_approval', 'paused'],
    to: (run, event, env) => {
      switch (event.kind) {
        case 'plan': {
          const plan = requirePlan(run);
          const approved = {
            planId: plan.plan_id,
            planHash: plan.plan_hash,
            baseSha: plan.base_sha,
            decidedBy: event.by,
            decidedAt: env.now,
            codeEdits: event.codeEdits ?? true,
            ...(event.reviewDiff === undefined ? {} : { reviewDiff: event.reviewDiff }),
            ...(event.notes === undefined ? {} : { notes: event.notes }),
          };
          return enter(
            run,
            'editing',
            // What was said before the decision, the person who decided knew.
            { approved, steeringSeen: run.context.steering?.length ?? 0 },
            `Plan revision ${plan.revision} approved by ${event.by}.`,
          );
        }
        case 'unsandboxed':
          return enter(
            run,
            run.stage,
            { unsandboxed: 'approved' },
            `Running without a sandbox was approved by ${event.by}.`,
          );
        case 'scope':
          return enter(
            run,
            run.stage,
            beyondPlan(run, event.files ?? []),
            `Edits beyond the plan were approved by ${event.by}.`,
          );
        case 'diff':
          return diffApproved(run, event);
        case 'budget':
          return enter(
            run,
            run.stage,
            { budgetGrants: granted(run, event.budget), budgetWarned: false },
            `More budget was approved by ${event.by}.`,
          );
      }
    },
  },
  approval_refused: {
    from: ['awaiting_approval', 'paused'],
    to: (run, { kind, by, reason, final }) => {
      if (final || kind === 'budget') {
        return end(
          run,
          'rejected',
          'rejected',
          `Rejected by ${by}${reason === '' ? '' : `: ${reason}`}. Nothing was delivered.`,
        );
      }
      if (kind === 'unsandboxed') {
        return enter(
          run,
          run.stage,
          { unsandboxed: 'refused' },
          `Running without a sandbox was refused by ${by}; tests will not run.`,
        );
      }
      return replan(
        run,
        reason,
        `Changes requested by ${by}; planning revision ${requirePlan(run).revision + 1}.`,
      );
    },
  },
  base_moved: {
    from: ['editing', 'pr_creation'],
    to: (run, { reason }) =>
      replan(
        run,
        reason,
        `The base branch moved under files of the plan; the approval is void and a new revision is planned.`,
      ),
  },
  rebased: {
    from: ['pr_creation'],
    to: (run, { edit, repository, message }) =>
      enter(run, 'testing', { edit, repository, rebases: (run.context.rebases ?? 0) + 1 }, message),
  },
  goal_changed: {
    from: ['editing'],
    to: (run, { reason }) =>
      replan(run, reason, 'The goal changed; the approval is void and a new revision is planned.'),
  },
  budget_reached: {
    from: STAGES,
    to: (run, { message, budget }) =>
      wait(run, 'paused', {}, message, [
        {
          kind: 'open_approval',
          approval: 'budget',
          message,
          // Also what the run was granted before: a yes to one pause is none to the next.
          subject: { run_id: run.id, budget, granted: run.context.budgetGrants ?? [] },
          budget,
        },
      ]),
  },
  scope_exceeded: {
    from: ['editing'],
    to: (run, { files, message, edits }) =>
      waitForApproval(run, edits === undefined ? {} : { askedEdits: edits }, message, [
        {
          kind: 'open_approval',
          approval: 'scope',
          message,
          subject: edits === undefined ? { files } : { files, edits },
          files,
        },
      ]),
  },
  edited: {
    from: ['editing'],
    to: (run, { edit }) => {
      const { hearing, tests } = run.context;
      if (hearing?.headSha === edit.headSha && tests !== undefined)
        return enter(
          withoutRequest(run),
          'verification',
          { edit },
          'Nothing more had to be changed.',
        );
      return enter(
        withoutRequest(run),
        'testing',
        { edit },
        `Edited: ${edit.commits.length} ${edit.commits.length === 1 ? 'commit' : 'commits'}, ${edit.files.length} ${edit.files.length === 1 ? 'file' : 'files'}.`,
      );
    },
  },
  sandbox_missing: {
    from: ['testing'],
    to: (run, { message }) =>
      waitForApproval(run, {}, message, [
        {
          kind: 'open_approval',
          approval: 'unsandboxed',
          message,
          subject: { head: run.context.edit?.headSha ?? null },
        },
      ]),
  },
  tests_finished: {
    from: ['testing'],
    to: (run, { tests, repairable, unheard }, env) => {
      const failed = tests.status === 'failed' && tests.new_failures.length > 0;
      const { review } = run.context;
      if (failed && review !== undefined) {
        const rest = `without ${review.dropped.join(', ')}, which ${review.by} dropped: ${newFailures(tests)}`;
        return replan(
          run,
          rest,
          'What was left of the diff does not pass; planning another revision.',
        );
      }
      const repairs = run.context.repairs ?? 0;
      const headSha = run.context.edit?.headSha;
      // A diff that a person has looked at is not edited behind their back.
      const may = repairable && review === undefined && isBroken(tests);
      if (!may || headSha === undefined || repairs >= env.maxRepairs) {
        // What only a compiler or type checker says is shown to a person by verification.
        if (failed) return endWithCandidate({ ...run, context: { ...run.context, tests } });
        return unheard === true && mayHear(run)
          ? hear(run, { tests })
          : enter(run, 'verification', { tests }, tests.message);
      }
      const attempt = repairs + 1;
      const repair = { attempt, of: env.maxRepairs, headSha, failures: tests.failures ?? [] };
      return enter(
        run,
        'editing',
        { tests, repairs: attempt, repair },
        `${newFailures(tests)}; repair ${attempt} of ${env.maxRepairs}.`,
      );
    },
  },
  repair_given_up: {
    from: ['editing'],
    to: (run, { reason }) => {
      const { tests } = run.context;
      const onlyChecks = tests !== undefined && tests.new_failures.length === 0;
      return onlyChecks
        ? enter(withoutRequest(run), 'verification', {}, `${newFailures(tests)}. ${reason}`)
        : endWithCandidate(withoutRequest(run), reason);
    },
  },
  verified: {
    from: ['verification'],
    to: (run, { items, verdict, review, message, hunks, unheard }) => {
      const context = { verification: items };
      if (unheard === true && verdict !== 'not_ready' && mayHear(run)) return hear(run, context);
      if (verdict === 'ready' && review !== true)
        return enter(run, 'pr_creation', context, message);
      if (verdict === 'not_ready') {
        return end(
          { ...run, context: { ...run.context, ...context } },
          'failed',
          'failed',
          message,
        );
      }
      return waitForApproval(run, context, message, [
        {
          kind: 'open_approval',
          approval: 'diff',
          message,
          subject: { head: run.context.edit?.headSha ?? null },
          ...(hunks === undefined ? {} : { hunks }),
        },
      ]);
    },
  },
  delivered: {
    from: ['pr_creation'],
    to: (run, { delivery }) =>
      end(
        { ...run, context: { ...run.context, delivery } },
        'completed',
        delivery.pullRequest === undefined ? 'patch_ready' : 'pr_created',
        delivery.note,
      ),
  },
  cancel_requested: {
    from: LIVE,
    to: (run, { by }) => {
      const ended = end(run, 'cancelled', 'cancelled', `Cancelled by ${by}.`);
      return { run: { ...ended.run, cancelRequested: true }, effects: ended.effects };
    },
  },
  approval_expired: {
    from: ['awaiting_approval', 'paused'],
    to: (run) =>
      end(
        run,
        'expired',
        'expired',
        'Nobody decided before the approval expired; nothing was approved.',
      ),
  },
  stage_failed: {
    from: LIVE,
    to: (run, { code, message, retryable }) =>
      end(run, 'failed', 'failed', message, [
        append({ type: 'error', data: { code, message, retryable } }),
      ]),
  },
};

/** A diff that a person has looked at is not edited behind their back. */
function mayHear({ context: { edit, review } }: Run): boolean {
  return edit !== undefined && review === undefined;
}

/** Back to the editor, whose model hears what was said before anything is delivered. */
function hear(run: Run, context: Partial<RunContext>): Transition {
  const turn = (run.context.hearings ?? 0) + 1;
  const headSha = run.context.edit?.headSha ?? '';
  return enter(
    run,
    'editing',
    { ...context, hearings: turn, hearing: { turn, headSha } },
    'Something was said since the change was made; the model hears it before anything is delivered.',
  );
}

/** Every amount that was allowed so far. */
function granted(run: Run, budget: BudgetGrant | undefined): BudgetGrant[] {
  return [...(run.context.budgetGrants ?? []), ...(budget === undefined ? [] : [budget])];
}

/** What a person allowed beyond the plan: files, or another number of edits. */
function beyondPlan(run: Run, files: readonly string[]): Partial<RunContext> {
  const { extraFiles = [], askedEdits, agreedEdits } = run.context;
  const agreed =
    askedEdits === undefined
      ? {}
      : { agreedEdits: { ...agreedEdits, [askedEdits.taskId]: askedEdits.count } };
  return { extraFiles: [...extraFiles, ...files], ...agreed };
}

/** All of a diff leads to its delivery; a part of it back to the editor, which drops the rest. */
function diffApproved(run: Run, { by, notes, selection }: EventOf<'approval_granted'>): Transition {
  const headSha = run.context.edit?.headSha;
  if (selection === undefined || headSha === undefined)
    return enter(run, 'pr_creation', {}, `The diff was approved by ${by}.`);
  return enter(
    run,
    'editing',
    { review: { headSha, ...selection, by, reason: notes ?? '' } },
    `${by} approved ${selection.accepted.length} hunks and dropped ${selection.dropped.length}; what stays is tested again.`,
  );
}

/**
 * Decides what an event makes of a run. Pure: the same run, event and environment give the same answer.
 * @throws TransitionError when the event can't happen in this state
 */
export function transition(run: Run, event: RunEvent, env: TransitionEnvironment): Transition {
  const row = TABLE[event.type] as Row<RunEvent['type']>;
  if (!row.from.includes(run.state)) throw new TransitionError(run.state, event.type);
  return row.to(run, event, env);
}
