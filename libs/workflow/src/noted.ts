import type { RunState } from '@hil/contracts';
import type { Run } from './run.js';

/** States in which nobody edits: a model hears again only when the work comes back to the editor. */
const NOBODY_EDITS: ReadonlySet<RunState> = new Set(['testing', 'verification', 'pr_creation']);

/** What a person is told who says something to a run that asked nothing. @param steerable a model is configured */
export function notedMessage(
  { state, context }: Pick<Run, 'state' | 'context'>,
  steerable: boolean,
): string {
  if (state === 'awaiting_approval' || state === 'paused') {
    return 'Noted. A message never decides an approval: approve or reject the plan, reject it with a reason, or edit it.';
  }
  if (!steerable || context.planner === 'recipes') {
    return 'Noted. The recipes planner can not be steered while it works; reject the plan with a reason, or cancel.';
  }
  return NOBODY_EDITS.has(state)
    ? `Noted. The change is made and the run is in ${state}: the model hears it only if a repair is needed. To have it changed whatever comes out, cancel and ask again.`
    : 'Noted. The model hears it at its next step.';
}
