import type { NewUpdate, Plan } from '@hil/contracts';
import type { Worktree } from '@hil/version-control';
import type { EditProgress, NewArtifact } from '@hil/workflow';

/** A diff of one file above this is cut; the patch has all of it. */
const MAX_DIFF_BYTES = 180 * 1024;

/** The `task_id` of the updates that show the change as a whole. */
const WHOLE_RUN = 'run';

/** The commits so far, as a bundle for the next worker and a patch for people. */
export async function storedChange(
  worktree: Worktree,
  base: string,
  edit: EditProgress,
): Promise<NewArtifact[]> {
  const [bundle, patch] = await Promise.all([
    worktree.bundle(base, edit.headSha, edit.branch),
    worktree.patch(base, edit.headSha),
  ]);
  return [
    { kind: 'bundle', mediaType: 'application/x-git-bundle', content: bundle },
    { kind: 'patch', mediaType: 'text/x-patch', content: patch },
  ];
}

/** A change that is shown: what differs between two commits of a run. */
interface ShownChange {
  runId: string;
  before: string;
  sha: string;
}

/** One `code_change` for each file that a task changed; one that is too large links to the whole patch. */
export async function taskChanges(
  worktree: Worktree,
  { runId, before, sha }: ShownChange,
  taskId: string,
): Promise<NewUpdate[]> {
  const updates: NewUpdate[] = [];
  for (const { path, oldPath, status } of await worktree.changedFiles(before, sha)) {
    const names = oldPath === undefined ? { path } : { path, oldPath };
    const { text, truncated } = await worktree.diff(before, sha, {
      ...names,
      maxBytes: MAX_DIFF_BYTES,
    });
    updates.push({
      type: 'code_change',
      data: {
        task_id: taskId,
        file: path,
        status,
        diff: text,
        commit: sha,
        ...(truncated ? { truncated, patch_url: `/api/runs/${runId}/patch` } : {}),
        ...(oldPath === undefined ? {} : { old_file: oldPath }),
      },
    });
  }
  return updates;
}

/** One `code_change` for each file of the whole run, against its base. */
export function finalChanges(worktree: Worktree, change: ShownChange): Promise<NewUpdate[]> {
  return taskChanges(worktree, change, WHOLE_RUN);
}

/** The commit the edits are made on. */
export function baseOf(plan: Plan, edit: EditProgress): string {
  return edit.baseSha ?? plan.base_sha;
}
