import { HilError } from '@hil/contracts';
import type { RunContext, StageContext } from '@hil/workflow';

/** A field of the run's context that an earlier stage must have written. */
export function required<K extends keyof RunContext>(
  context: StageContext,
  key: K,
): NonNullable<RunContext[K]> {
  const value = context.run.context[key];
  if (value === undefined || value === null) {
    throw new HilError(
      'internal_error',
      `run ${context.run.id} reached ${context.run.stage} without "${key}"`,
    );
  }
  return value as NonNullable<RunContext[K]>;
}

/** Up to `limit` names, and how many more there are. */
export function listed(names: readonly string[], limit = 10): string {
  const shown = names.slice(0, limit).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
