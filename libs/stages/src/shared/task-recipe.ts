import { HilError, type PlanTask } from '@hil/contracts';
import { type ChangeRecipe, isChangeRecipe, parseRecipes } from '@hil/language-models';

/**
 * The one recipe that a task of a plan is.
 * @throws HilError validation_error when it is none, more than one, or a question
 */
export function recipeOfTask(task: PlanTask): ChangeRecipe {
  const { recipes, unrecognised } = parseRecipes(task.task);
  const [recipe] = recipes;
  if (
    recipe === undefined ||
    recipes.length > 1 ||
    unrecognised.length > 0 ||
    !isChangeRecipe(recipe)
  ) {
    throw new HilError(
      'validation_error',
      `${task.id} is not one recipe line, and no model is configured that could carry it out: "${task.task.slice(0, 200)}"`,
    );
  }
  return recipe;
}
