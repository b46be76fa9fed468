import type { PlanTask } from '@hil/contracts';
import { parseRecipes } from '@hil/language-models';
import { namedSymbols } from './named-symbols.js';

/**
 * Names of the symbols that a plan renames, removes or says it changes: a newer base may use them in other
 * files. Of recipes by what they are, of a model's tasks by the renames they
 * announce and the `path#symbol` in their words.
 */
export function symbolsOf(tasks: readonly PlanTask[]): string[] {
  const names = tasks.flatMap((task) => {
    const recipe = parseRecipes(task.task).recipes[0];
    const named = recipe?.kind === 'rename' || recipe?.kind === 'remove_unused_export';
    return [
      ...(named ? [recipe.symbol] : []),
      ...(task.project_edits ?? []).flatMap((edit) =>
        edit.op === 'rename_symbol' ? [edit.symbol] : [],
      ),
      ...namedSymbols(task).map(({ symbol }) => symbol),
    ].map((symbol) => symbol.split('.').at(-1) ?? symbol);
  });
  return [...new Set(names)];
}
