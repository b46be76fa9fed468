import type { PlanTask } from '@hil/contracts';
import { type ChangeRecipe, isChangeRecipe, parseRecipes } from '@hil/language-models';
import type { StageContext } from '@hil/workflow';
import { recipeOfTask } from '../shared/task-recipe.js';

/** One thing to do; `task` when a person has written it down in full (edit_plan). */
export interface WantedTask {
  recipe: ChangeRecipe;
  task?: PlanTask;
}

export interface WantedPlan {
  tasks: WantedTask[];
  /** Why there is another revision. */
  reason?: string;
}

/**
 * What the next plan should do: the message's recipes at first; later the tasks or recipe lines of
 * the person who sent the plan back, or the same tasks again.
 * @throws HilError validation_error when an edited task is not one recipe
 */
export function wantedPlan(context: StageContext): WantedPlan {
  const revision = context.run.context.revisions?.at(-1);
  if (revision === undefined) return { tasks: recipesIn(context.run.request.message) };
  const { reason } = revision;
  if (revision.tasks !== undefined) {
    return { tasks: revision.tasks.map((task) => ({ recipe: recipeOfTask(task), task })), reason };
  }
  const tasks = recipesIn(reason);
  if (tasks.length > 0) {
    context.log(`the reason holds ${tasks.length} recipes; they replace the tasks`);
    return { tasks, reason };
  }
  context.log(
    'the recipes planner takes changes only as recipe lines; the reason holds none, so the tasks repeat as a new revision',
    'warning',
  );
  return { tasks: previousTasks(context), reason };
}

/** The tasks of the plan that was sent back. */
export function previousTasks(context: StageContext): WantedTask[] {
  return (context.run.context.plan?.plan ?? []).map((task) => ({
    recipe: recipeOfTask(task),
    task,
  }));
}

function recipesIn(text: string): WantedTask[] {
  return parseRecipes(text)
    .recipes.filter(isChangeRecipe)
    .map((recipe) => ({ recipe }));
}
