import type { ChangeRecipe } from '@hil/language-models';
import { runGates } from '../gates/run-gates.js';
import type { EditContext } from '../operations/edit-context.js';
import { Overlay } from '../overlay/overlay.js';
import { affectedTests } from './affected-tests.js';
import { create, move, remove } from './file-recipes.js';
import { invalid, type Outcome } from './outcome.js';
import { removeExport, rename } from './symbol-recipes.js';
import { append, bump, replace, set } from './text-recipes.js';
import type { EditWorkspace, LookAlike, RecipePlan } from './workspace.js';

/** What became of a recipe: the edits, held in the overlay, and what people are told. */
export interface RecipeExecution {
  overlay: Overlay;
  plan: RecipePlan;
  lookAlikes: LookAlike[];
}

/**
 * Carries out a recipe on an overlay of the worktree and writes nothing: the caller runs the gates and then
 * `overlay.write()`.
 * @throws HilError `validation_error` when a precondition fails; the sentence says which and what to do
 */
export async function executeRecipe(
  recipe: ChangeRecipe,
  workspace: EditWorkspace,
): Promise<RecipeExecution> {
  workspace.signal.throwIfAborted();
  const overlay = await Overlay.open(workspace.root);
  const context: EditContext = {
    overlay,
    files: workspace.files,
    graph: workspace.graph,
    signal: workspace.signal,
  };
  const outcome = await perform(recipe, context);
  const changed = await overlay.changedFiles();
  const paths = new Set(
    changed.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path])),
  );
  const files = [...paths].sort();
  if (files.length === 0)
    throw invalid(`"${recipe.line.split('\n')[0] ?? ''}" changes nothing: it is so already.`);
  const { findings } = await runGates(overlay, { approvedFiles: files });
  const broken = findings.find(({ gate }) => gate === 'syntax');
  if (broken) throw invalid(`"${recipe.line.split('\n')[0] ?? ''}" is refused: ${broken.message}`);
  const tests = affectedTests(workspace.graph, files);
  const plan: RecipePlan = {
    files,
    changes: outcome.changes,
    tests,
    notes: (outcome.notes ?? []).join(' '),
    ...(outcome.edits === undefined
      ? {}
      : { expected: { edits: outcome.edits, files: files.length } }),
  };
  return { overlay, plan, lookAlikes: outcome.lookAlikes ?? [] };
}

/** What {@link executeRecipe} would change, by the same code; the worktree is only read. */
export async function planRecipe(
  recipe: ChangeRecipe,
  workspace: EditWorkspace,
): Promise<RecipePlan> {
  return (await executeRecipe(recipe, workspace)).plan;
}

function perform(recipe: ChangeRecipe, context: EditContext): Promise<Outcome> {
  switch (recipe.kind) {
    case 'rename':
      return rename(recipe, context);
    case 'replace':
      return replace(recipe, context);
    case 'set':
      return set(recipe, context);
    case 'bump':
      return bump(recipe, context);
    case 'create_file':
      return create(recipe, context);
    case 'append':
      return append(recipe, context);
    case 'delete_file':
      return remove(recipe, context);
    case 'move_file':
      return move(recipe, context);
    case 'remove_unused_export':
      return removeExport(recipe, context);
  }
}
