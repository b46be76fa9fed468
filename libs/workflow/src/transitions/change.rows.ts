import { isReviewed } from '../is-reviewed.js';
import type { Run, RunContext } from '../run.js';
import {
  type Transition,
  end,
  endWithCandidate,
  enter,
  isBroken,
  newFailures,
  replan,
  waitForApproval,
  withoutRequest,
} from '../transition-steps.js';
import type { Rows } from './row.js';

/** From edits to their delivery, with the ways back to the editor. */
export const CHANGE_ROWS: Rows<
  | 'edited'
  | 'tests_finished'
  | 'repair_given_up'
  | 'verified'
  | 'said_before_delivery'
  | 'rebased'
  | 'delivered'
> = {
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
      const may = repairable && !isReviewed(run.context) && isBroken(tests);
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
  said_before_delivery: {
    from: ['pr_creation'],
    to: (run) => hear(run, {}),
  },
  rebased: {
    from: ['pr_creation'],
    to: (run, { edit, repository, message }) =>
      enter(run, 'testing', { edit, repository, rebases: (run.context.rebases ?? 0) + 1 }, message),
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
};

function mayHear({ context }: Run): boolean {
  return context.edit !== undefined && !isReviewed(context);
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
