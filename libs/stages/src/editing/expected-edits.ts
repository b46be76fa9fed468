import type { PlanTask } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { ScopeExceeded } from './scope-exceeded.js';

/**
 * A rename or a move must come to what the plan said: the same number of edits in the same number of files.
 * @throws ScopeExceeded when it does not and nobody agreed to the other number
 */
export function requireExpected(
  context: StageContext,
  task: PlanTask,
  actual: { edits: number; files: number } | undefined,
): void {
  const { expected } = task;
  if (expected === undefined || actual === undefined) return;
  if (actual.edits === expected.edits && actual.files === expected.files) return;
  if (context.run.context.agreedEdits?.[task.id] === actual.edits) return;
  throw new ScopeExceeded(
    `${task.id} comes to ${actual.edits} edits in ${actual.files} files, and the plan said ${expected.edits} in ${expected.files}. May it go on?`,
    [],
    { taskId: task.id, count: actual.edits },
  );
}

/**
 * The renames and moves of a model must be those that the plan announces, and come to what it says.
 * @throws ScopeExceeded when they are not and nobody agreed to their number of edits
 */
export function requireAnnounced(
  context: StageContext,
  task: PlanTask,
  { differences, edits }: { differences: readonly string[]; edits: number },
): void {
  if (differences.length === 0 || context.run.context.agreedEdits?.[task.id] === edits) return;
  throw new ScopeExceeded(`${task.id}: ${differences.join('; ')}. May it go on?`, [], {
    taskId: task.id,
    count: edits,
  });
}
