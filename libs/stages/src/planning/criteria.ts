import type { PlanTask } from '@hil/contracts';
import type { ChangeRecipe } from '@hil/language-models';

/** More criteria than this tell a reader nothing new. */
const MAX_CRITERIA = 20;

/**
 * What must be true afterwards, in the forms that libs/verification can judge.
 * @param gone paths of the tasks' files where no file is left, such as that of a type that moved with its name
 */
export function criteriaFor(
  recipes: readonly ChangeRecipe[],
  tasks: readonly PlanTask[],
  gone: ReadonlySet<string>,
): string[] {
  return recipes
    .flatMap((recipe, index) => criterionOf(recipe, tasks[index]?.files ?? [], gone))
    .slice(0, MAX_CRITERIA);
}

function criterionOf(
  recipe: ChangeRecipe,
  files: readonly string[],
  gone: ReadonlySet<string>,
): string[] {
  switch (recipe.kind) {
    case 'rename':
      return files
        .filter((path) => !gone.has(path))
        .map((path) => `\`${recipe.newName}\` occurs in \`${path}\``);
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
