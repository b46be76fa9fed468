import { HilError } from '@hil/contracts';
import { type Worktree, keepHunks } from '@hil/version-control';
import type { DiffReview, EditProgress, StageContext } from '@hil/workflow';
import { editBase } from '../shared/edit-base.js';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { finalChanges, storedChange } from '../shared/stored-change.js';

/** What is left of a review that is still to be carried out; null when there is none. */
export function openReview(context: StageContext): DiffReview | null {
  const { review, edit } = context.run.context;
  return review !== undefined && edit?.headSha === review.headSha ? review : null;
}

/**
 * Makes the change again without the hunks that a person dropped. Dates and messages are those of the
 * commits before, so another attempt makes the same ones; a commit of which nothing stays is left out.
 */
export async function dropHunks(
  services: StageServices,
  context: StageContext,
  worktree: Worktree,
  review: DiffReview,
): Promise<EditProgress> {
  const base = editBase(context);
  const edit = required(context, 'edit');
  const { git } = services.config;
  const kept = await keepHunks(worktree, {
    base,
    head: edit.headSha,
    commits: edit.commits.map(({ sha }) => sha),
    accepted: new Set(review.accepted),
    author: { name: git.userName, email: git.userEmail },
    date: new Date(edit.startedAt),
    message: (before) => `${before.trimEnd()}\nHil-Review: dropped ${review.dropped.length} hunks`,
  });
  const shas = new Map(kept.map(({ before, sha }) => [before, sha]));
  const commits = edit.commits.flatMap((commit) => {
    const sha = shas.get(commit.sha) ?? null;
    return sha === null ? [] : [{ ...commit, sha }];
  });
  const headSha = commits.at(-1)?.sha;
  if (headSha === undefined) throw new HilError('internal_error', 'the review left no commit');
  const files = (await worktree.changedFiles(base, headSha)).map(
    ({ path, status, additions, deletions }) => ({ path, status, additions, deletions }),
  );
  const next: EditProgress = { ...edit, headSha, commits, files, shown: true };
  context.log(`dropped in review: ${review.dropped.join(', ')}`, 'info');
  await context.checkpoint({
    context: { edit: next },
    artifacts: await storedChange(worktree, base, next),
    updates: await finalChanges(worktree, { runId: context.run.id, before: base, sha: headSha }),
  });
  return next;
}
