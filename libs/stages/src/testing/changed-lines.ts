import { addedLines } from '@hil/verification';
import type { StageContext } from '@hil/workflow';
import { editBase } from '../shared/edit-base.js';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';

/** Numbers of added and modified lines at the head, by path; deleted files are not in it. */
export type ChangedLines = ReadonlyMap<string, readonly number[]>;

const MAX_DIFF_BYTES = 1024 * 1024;

/** What the run changed, from its base to its head. */
export async function changedLines(
  services: StageServices,
  context: StageContext,
): Promise<ChangedLines> {
  const baseSha = editBase(context);
  const { headSha } = required(context, 'edit');
  return services.repositories.withWorktree(context, headSha, async (worktree) => {
    const lines = new Map<string, number[]>();
    for (const { path, status, binary } of await worktree.changedFiles(baseSha, headSha)) {
      if (status === 'deleted') continue;
      const limit = { path, maxBytes: MAX_DIFF_BYTES };
      const diff = binary ? '' : (await worktree.diff(baseSha, headSha, limit)).text;
      lines.set(
        path,
        addedLines(diff).map(({ line }) => line),
      );
    }
    return lines;
  });
}
