import { HilError } from '@hil/contracts';
import type { CommitRequest, Worktree } from './worktree.js';

/** A finished change that is to stand on another commit. */
export interface MoveCommits {
  /** What the commits stand on now, and shall stand on. */
  from: string;
  onto: string;
  /** Oldest first. */
  commits: readonly string[];
  author: CommitRequest['author'];
  date: Date;
}

/**
 * Makes commits again on another base that left every file of theirs alone, so nothing is merged and each
 * file is, byte for byte, what was reviewed. Messages and dates stay. The tree then stands on the last one.
 * @returns the new commit for each old one
 * @throws HilError base_gone when the new base differs in a file of the change
 */
export async function moveCommits(tree: Worktree, request: MoveCommits): Promise<string[]> {
  const { from, onto, commits, author, date } = request;
  const moved = await tree.statesOfChange(from, onto);
  const made: string[] = [];
  let [before, parent] = [from, onto];
  for (const commit of commits) {
    const states = await tree.statesOfChange(before, commit);
    const touched = [...states.keys()].filter((path) => clashes(path, moved));
    if (touched.length > 0) {
      throw new HilError('base_gone', `the base branch changed ${touched.slice(0, 5).join(', ')}`);
    }
    const message = await tree.message(commit);
    const sha = await tree.commitStates(parent, states, { message, author, date });
    if (sha === null) throw new HilError('internal_error', `${commit} became empty on ${onto}`);
    made.push(sha);
    [before, parent] = [commit, sha];
  }
  await tree.resetHard(parent);
  return made;
}

/** True when the base changed that very path, or put a file where the change needs a folder, or the other way round. */
function clashes(path: string, moved: ReadonlyMap<string, unknown>): boolean {
  return [...moved.keys()].some(
    (other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`),
  );
}
