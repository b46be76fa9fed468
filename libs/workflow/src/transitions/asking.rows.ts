import { STAGES } from '@hil/contracts';
import { wait, waitForApproval } from '../transition-steps.js';
import type { Rows } from './row.js';

/** What a stage asks a person about before it goes on. */
export const ASKING_ROWS: Rows<'budget_reached' | 'scope_exceeded' | 'sandbox_missing'> = {
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
};
