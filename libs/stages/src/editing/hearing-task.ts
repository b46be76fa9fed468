import type { PlanTask } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';

/**
 * The task that a finished change comes back with when the person said something meanwhile, or null. What was said
 * is no part of it: the model hears it at its first step, after it was held against the approved goal.
 */
export function hearingTask(context: StageContext): PlanTask | null {
  const { hearing } = context.run.context;
  if (hearing === undefined) return null;
  return {
    id: `message-${hearing.turn}`,
    task: 'All tasks of the plan are done. The person has said something since: do what it asks of this change, and finish at once when nothing is left to do.',
    files: [...new Set(required(context, 'plan').plan.flatMap(({ files }) => files))],
    changes: [],
    tests: [],
    notes: '',
  };
}
