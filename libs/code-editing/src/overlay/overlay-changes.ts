import { contentBytes, type FileContent } from './text-file.js';
import type { BaseFile } from './worktree-files.js';

export type ChangeStatus = 'added' | 'modified' | 'deleted' | 'renamed';

/** One changed file: `before` is null for an added one, `after` for a deleted one. */
export interface FileChange {
  path: string;
  status: ChangeStatus;
  /** Where a renamed file was. */
  from?: string;
  before: string | null;
  after: string | null;
  mode: number;
}

/** Edits of an overlay at one moment: the content of each path (null: deleted), and the old path of moved files. */
export interface OverlaySnapshot {
  readonly edits: ReadonlyMap<string, FileContent | null>;
  readonly moves: ReadonlyMap<string, string>;
}

/** Every file that differs from `baseOf`, sorted by path; a move is one entry. */
export async function changesOfEdits(
  { edits, moves }: OverlaySnapshot,
  baseOf: (path: string) => Promise<BaseFile | null>,
): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  const movedAway = new Set<string>();
  for (const [path, from] of moves) if (edits.get(path)) movedAway.add(from);
  for (const [path, edited] of edits) {
    const base = await baseOf(path);
    const from = moves.get(path);
    if (edited === null) {
      if (base && !movedAway.has(path)) {
        changes.push({
          path,
          status: 'deleted',
          before: base.content?.text ?? null,
          after: null,
          mode: 0,
        });
      }
      continue;
    }
    if (base && from === undefined) {
      if (contentBytes(path, edited).equals(base.bytes)) continue;
      const before = base.content?.text ?? null;
      changes.push({ path, status: 'modified', before, after: edited.text, mode: edited.mode });
    } else {
      const source = from === undefined ? null : await baseOf(from);
      const renamed =
        source && from !== path
          ? { status: 'renamed' as const, from }
          : { status: 'added' as const };
      changes.push({
        path,
        ...renamed,
        before: source?.content?.text ?? base?.content?.text ?? null,
        after: edited.text,
        mode: edited.mode,
      });
    }
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
}
