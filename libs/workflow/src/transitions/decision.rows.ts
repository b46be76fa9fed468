import { type BudgetGrant } from '@hil/contracts';
import type { Run, RunContext } from '../run.js';
import { type Transition, end, enter, replan, requirePlan } from '../transition-steps.js';
import type { EventOf, Rows } from './row.js';

/** What a person's decision leads to, or that nobody decides. */
export const DECISION_ROWS: Rows<'approval_granted' | 'approval_refused' | 'approval_expired'> = {
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
};

/** Every amount that was allowed so far. */
function granted(run: Run, budget: BudgetGrant | undefined): BudgetGrant[] {
  return [...(run.context.budgetGrants ?? []), ...(budget === undefined ? [] : [budget])];
}

/** What a person allowed beyond the plan: files, or other edits. */
function beyondPlan(run: Run, files: readonly string[]): Partial<RunContext> {
  const { extraFiles = [], askedEdits, agreedEdits } = run.context;
  const agreed =
    askedEdits === undefined
      ? {}
      : { agreedEdits: { ...agreedEdits, [askedEdits.taskId]: askedEdits.edits } };
  return { extraFiles: [...extraFiles, ...files], ...agreed };
}

/** All of a diff leads to its delivery; a part of it back to the editor, which drops the rest. */
function diffApproved(run: Run, { by, notes, selection }: EventOf<'approval_granted'>): Transition {
  const headSha = run.context.edit?.headSha;
  // What was said before the decision, the person who decided knew.
  const steeringSeen = run.context.steering?.length ?? 0;
  if (selection === undefined || headSha === undefined)
    return enter(
      run,
      'pr_creation',
      { steeringSeen, ...(headSha === undefined ? {} : { diffApproved: headSha }) },
      `The diff was approved by ${by}.`,
    );
  return enter(
    run,
    'editing',
    { steeringSeen, review: { headSha, ...selection, by, reason: notes ?? '' } },
    `${by} approved ${selection.accepted.length} hunks and dropped ${selection.dropped.length}; what stays is tested again.`,
  );
}
