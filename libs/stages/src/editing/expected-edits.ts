import type { PlanTask } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { reachText } from '../shared/project-edits.js';
import { ScopeExceeded } from './scope-exceeded.js';

/**
 * A rename or a move must come to what the plan said: the same number of edits in the same number of files.
 * @throws ScopeExceeded when it does not and nobody agreed to what it comes to
 */
export function requireExpected(
  context: StageContext,
  task: PlanTask,
  actual: { edits: number; files: number } | undefined,
): void {
  const { expected } = task;
  if (expected === undefined || actual === undefined) return;
  if (actual.edits === expected.edits && actual.files === expected.files) return;
  ask(context, task, `it comes to ${reachText(actual)}, and the plan said ${reachText(expected)}`);
}

/**
 * The renames and moves of a model must be those that the plan announces, and come to what it says.
 * @param differences a sentence for each that is not
 * @throws ScopeExceeded when they are not and nobody agreed to just these differences
 */
export function requireAnnounced(
  context: StageContext,
  task: PlanTask,
  differences: readonly string[],
): void {
  if (differences.length > 0) ask(context, task, differences.join('; '));
}

/** A yes is for what it was asked about, word for word: not for other edits of the same number. */
function ask(context: StageContext, { id }: PlanTask, edits: string): void {
  if (context.run.context.agreedEdits?.[id] === edits) return;
  throw new ScopeExceeded(`${id}: ${edits}. May it go on?`, [], { taskId: id, edits });
}
