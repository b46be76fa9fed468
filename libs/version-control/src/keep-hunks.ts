import { HilError } from '@hil/contracts';
import type { ChangedFile } from './changed-files.js';
import type { CommitRequest, Worktree } from './worktree.js';
import type { FileState } from './tree-states.js';
import { hunksOf, readHeader, withHunks, type Hunk, type HunkRange } from './hunks.js';

/** What of a finished change is to stay. */
export interface KeepHunks {
  base: string;
  head: string;
  /** The commits from base to head, oldest first. */
  commits: readonly string[];
  /** Ids of hunks, or paths of whole files. */
  accepted: ReadonlySet<string>;
  author: CommitRequest['author'];
  date: Date;
  /** The message of a commit again, from what it was. */
  message: (before: string) => string;
}

/** The new commit for each old one; null for one of which nothing stayed. */
export type KeptCommits = { before: string; sha: string | null }[];

/**
 * Makes a change again with some of its hunks. Each commit keeps its place and message. A file that is kept
 * in part appears in the last commit that touched it, so that no commit holds what was rejected.
 * @throws HilError validation_error when nothing of the change stays
 */
export async function keepHunks(tree: Worktree, request: KeepHunks): Promise<KeptCommits> {
  const { base, head, commits } = request;
  const wanted = await wantedStates(tree, request);
  const last = new Map<string, string>();
  const steps = new Map<string, Map<string, FileState>>();
  let parent = base;
  for (const commit of commits) {
    const step = await tree.statesOfChange(parent, commit);
    steps.set(commit, step);
    for (const path of step.keys()) last.set(path, commit);
    parent = commit;
  }
  const final = await tree.statesOfChange(base, head);
  const kept: KeptCommits = [];
  parent = base;
  for (const commit of commits) {
    const states = new Map<string, FileState>();
    for (const [path, state] of steps.get(commit) ?? []) {
      if (!wanted.has(path) || same(wanted.get(path), final.get(path))) states.set(path, state);
      else if (last.get(path) === commit) states.set(path, wanted.get(path) ?? null);
    }
    const sha = await tree.commitStates(parent, states, {
      message: request.message(await tree.message(commit)),
      author: request.author,
      date: request.date,
    });
    kept.push({ before: commit, sha });
    parent = sha ?? parent;
  }
  if (parent === base) {
    throw new HilError('validation_error', 'Nothing of the change is left. Reject it instead.');
  }
  await tree.resetHard(parent);
  return kept;
}

/** How each changed path should be in the end. */
async function wantedStates(
  tree: Worktree,
  { base, head, accepted }: KeepHunks,
): Promise<Map<string, FileState>> {
  const before = await tree.statesAt(base);
  const after = await tree.statesAt(head);
  const wanted = new Map<string, FileState>();
  for (const file of await tree.changedFiles(base, head)) {
    const hunks = await hunksOfFile(tree, base, head, file);
    const chosen = hunks.filter(({ id }) => accepted.has(file.path) || accepted.has(id));
    const [old, renewed] = [before.get(file.oldPath ?? file.path), after.get(file.path)];
    if (chosen.length === 0) {
      wanted.set(file.path, before.get(file.path) ?? null);
      if (file.oldPath !== undefined) wanted.set(file.oldPath, old ?? null);
      continue;
    }
    if (file.oldPath !== undefined) wanted.set(file.oldPath, after.get(file.oldPath) ?? null);
    if (chosen.length === hunks.length || old === undefined || renewed === undefined) {
      wanted.set(file.path, renewed ?? null);
      continue;
    }
    const ranges = chosen
      .map(({ header }) => readHeader(header))
      .filter((range): range is HunkRange => range !== null);
    const bytes = withHunks(
      await tree.readFile(base, file.oldPath ?? file.path),
      await tree.readFile(head, file.path),
      ranges,
    );
    wanted.set(file.path, { mode: renewed.mode, blob: await tree.writeBlob(bytes) });
  }
  return wanted;
}

/** The hunks of one changed file between two commits, with the ids that cards and decisions use. */
export async function hunksOfFile(
  tree: Worktree,
  base: string,
  head: string,
  { path, oldPath, binary }: Pick<ChangedFile, 'path' | 'oldPath' | 'binary'>,
): Promise<Hunk[]> {
  if (binary) return hunksOf(path, '');
  const paths = oldPath === undefined ? { path } : { path, oldPath };
  const { text } = await tree.diff(base, head, { ...paths, maxBytes: MAX_DIFF_BYTES });
  return hunksOf(path, text);
}

const MAX_DIFF_BYTES = 64 * 1024 * 1024;

function same(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.mode === b?.mode && a?.blob === b?.blob;
}
