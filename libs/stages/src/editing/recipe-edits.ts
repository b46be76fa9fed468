import { type Overlay, executeRecipe } from '@hil/code-editing';
import type { PlanTask, ProjectGraph } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { recipeOfTask } from '../shared/task-recipe.js';

/** The edits of one recipe, not written yet. */
export interface RecipeEdits {
  overlay: Overlay;
  /** Files that the recipe deletes or moves. */
  expectedDeletions: string[];
  /** The recipe itself says what the text of the files is to be. */
  verbatim: boolean;
  /** Of renames and moves: how many edits in how many files it came to. */
  expected: { edits: number; files: number } | undefined;
}

/** Recipes that write what a person wrote: "exactly as written" leaves nothing to format. */
const VERBATIM: ReadonlySet<string> = new Set(['replace', 'create_file', 'append', 'set', 'bump']);

/** Carries out the one recipe that the task is. */
export async function recipeEdits(
  context: StageContext,
  task: PlanTask,
  tree: { root: string; files: readonly string[]; graph: ProjectGraph },
): Promise<RecipeEdits> {
  const recipe = recipeOfTask(task);
  const { overlay, lookAlikes, plan } = await executeRecipe(recipe, {
    ...tree,
    signal: context.signal,
  });
  for (const { path, line, text } of lookAlikes.slice(0, 20)) {
    context.log(`not touched, looks alike: ${path}:${line}: ${text.trim()}`, 'warning');
  }
  // A deletion that the task itself names is no accident.
  const deletes = recipe.kind === 'delete_file' || recipe.kind === 'move_file';
  const expectedDeletions = deletes ? [recipe.path] : [];
  const verbatim = VERBATIM.has(recipe.kind);
  return { overlay, expectedDeletions, verbatim, expected: plan.expected };
}
