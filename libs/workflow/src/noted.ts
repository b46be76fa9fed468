import type { RunState } from '@hil/contracts';
import { isReviewed } from './is-reviewed.js';
import type { Run, RunContext } from './run.js';

/** States after which the change goes back to the model when something was said. */
const HEARD_AFTERWARDS: ReadonlySet<RunState> = new Set(['testing', 'verification']);

/** Past the last look: a change whose delivery has begun, and one whose diff a person has looked at. */
function isDelivered(context: RunContext): boolean {
  const { edit, delivering } = context;
  return isReviewed(context) || (edit !== undefined && delivering === edit.headSha);
}

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
  if (state === 'pr_creation') {
    return isDelivered(context)
      ? 'Noted. The change is being delivered: the model does not hear it any more. To have it changed, ask again.'
      : 'Noted. The model hears it before anything is delivered; if it comes too late for that, you are told.';
  }
  return HEARD_AFTERWARDS.has(state)
    ? `Noted. The model hears it after ${state}, before anything is delivered.`
    : 'Noted. The model hears it at its next step.';
}
