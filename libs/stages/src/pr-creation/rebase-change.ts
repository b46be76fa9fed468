import { HilError } from '@hil/contracts';
import { moveCommits } from '@hil/version-control';
import type { EditProgress, StageContext, StageResult } from '@hil/workflow';
import { editBase } from '../shared/edit-base.js';
import { symbolsOf } from '../shared/plan-symbols.js';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { finalChanges, storedChange } from '../shared/stored-change.js';

/** A base that moves faster than the tests run is not run after for ever. */
const MAX_REBASES = 3;

/**
 * Looks at the base branch once more before anything is pushed. Null: go on. A base that moved elsewhere
 * takes the change, which is then tested again; one that moved under it leads back to the person.
 */
export async function checkBase(
  services: StageServices,
  context: StageContext,
): Promise<StageResult | null> {
  const { repositories } = services;
  const plan = required(context, 'plan');
  const edit = required(context, 'edit');
  const files = [...plan.plan.flatMap((task) => task.files), ...edit.files.map(({ path }) => path)];
  const base = await repositories.baseNow(context, { files, symbols: symbolsOf(plan.plan) });
  if (base.state === 'same') return null;
  if (base.state === 'touched') return { event: { type: 'base_moved', reason: base.reason } };
  const { rebases = 0 } = context.run.context;
  if (rebases >= MAX_REBASES) {
    context.log(
      `the base branch moved again, to ${base.sha.slice(0, 12)}, and left the change's files alone; delivering it from where it was tested`,
      'warning',
    );
    return null;
  }
  try {
    return await rebased(services, context, base.sha);
  } catch (error) {
    if (error instanceof HilError && error.code === 'base_gone' && !context.signal.aborted)
      return { event: { type: 'base_moved', reason: error.message } };
    throw error;
  }
}

async function rebased(
  services: StageServices,
  context: StageContext,
  onto: string,
): Promise<StageResult> {
  const edit = required(context, 'edit');
  const { git } = services.config;
  return services.repositories.withWorktree(context, edit.headSha, async (worktree) => {
    const made = await moveCommits(worktree, {
      from: editBase(context),
      onto,
      commits: edit.commits.map(({ sha }) => sha),
      author: { name: git.userName, email: git.userEmail },
      date: new Date(edit.startedAt),
    });
    const commits = edit.commits.map((commit, index) => ({
      ...commit,
      sha: made[index] ?? commit.sha,
    }));
    const next: EditProgress = {
      ...edit,
      baseSha: onto,
      headSha: made.at(-1) ?? edit.headSha,
      commits,
    };
    const repository = await services.repositories.rebase(context, onto);
    const artifacts = await storedChange(worktree, onto, next);
    for (const update of await finalChanges(worktree, {
      runId: context.run.id,
      before: onto,
      sha: next.headSha,
    }))
      context.stream(update);
    const message = `${repository.baseBranch} moved to ${onto.slice(0, 12)} and left the change's files alone; the change stands on it now and is tested again.`;
    return { event: { type: 'rebased', edit: next, repository, message }, artifacts };
  });
}
