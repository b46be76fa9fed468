import type { PlanTask } from '@hil/contracts';
import { parseRecipes } from '@hil/language-models';

/** Names of symbols that the tasks rename or remove; a newer base may use them in other files. */
export function recipeSymbols(tasks: readonly PlanTask[]): string[] {
  return tasks.flatMap((task) => {
    const recipe = parseRecipes(task.task).recipes[0];
    const named = recipe?.kind === 'rename' || recipe?.kind === 'remove_unused_export';
    return named ? [recipe.symbol.split('.').at(-1) ?? recipe.symbol] : [];
  });
}
