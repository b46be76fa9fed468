import type { PlanTask } from '@hil/contracts';
import type { ChangeRecipe } from '@hil/language-models';

/** More criteria than this tell a reader nothing new. */
const MAX_CRITERIA = 20;

/** What must be true afterwards, in the forms that libs/verification can judge. */
export function criteriaFor(
  recipes: readonly ChangeRecipe[],
  tasks: readonly PlanTask[],
): string[] {
  return recipes
    .flatMap((recipe, index) => criterionOf(recipe, tasks[index]?.files ?? []))
    .slice(0, MAX_CRITERIA);
}

function criterionOf(recipe: ChangeRecipe, files: readonly string[]): string[] {
  switch (recipe.kind) {
    case 'rename':
      return files.map((path) => `\`${recipe.newName}\` occurs in \`${path}\``);
    case 'create_file':
      return [`\`${recipe.path}\` is added`];
    case 'delete_file':
      return [`\`${recipe.path}\` is deleted`];
    case 'bump':
      return files.map((path) => `\`${recipe.version}\` occurs in \`${path}\``);
    case 'replace':
    case 'set':
    case 'append':
    case 'move_file':
    case 'remove_unused_export':
      return files.map((path) => `\`${path}\` is changed`);
  }
}
