import { recipeCommit } from '@hil/language-models';
import { branchNameFor } from '@hil/version-control';
import type { EditProgress, StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { recipeOfTask } from '../shared/task-recipe.js';

/**
 * Fixes branch and date before the first commit, so that every attempt makes the same commits.
 * @param base the commit to edit: the plan's, or the newer one of a base branch that moved
 * @param byRecipes whether each task is a recipe
 */
export async function beginEditing(
  services: StageServices,
  context: StageContext,
  base: string,
  byRecipes: boolean,
): Promise<EditProgress> {
  const plan = required(context, 'plan');
  // A person may have edited the tasks since the planner named the commit.
  const commit = byRecipes ? recipeCommit(plan.plan.map(recipeOfTask)) : plan.commit;
  const edit: EditProgress = {
    branch: branchNameFor({
      type: commit.type,
      scope: commit.scope,
      subject: commit.subject,
      runId: context.run.id,
    }),
    headSha: base,
    ...(base === plan.base_sha ? {} : { baseSha: base }),
    startedAt: new Date().toISOString(),
    tasksDone: [],
    commits: [],
    files: [],
  };
  if (base === plan.base_sha) {
    await context.checkpoint({ context: { edit } });
    return edit;
  }
  const repository = await services.repositories.rebase(context, base);
  const message = `${repository.baseBranch} moved to ${base.slice(0, 12)} and left the plan's files and symbols alone; the change is made on it.`;
  await context.checkpoint({
    context: { edit, repository },
    updates: [{ type: 'status', data: { state: 'editing', message } }],
  });
  return edit;
}
