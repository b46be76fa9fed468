import type { ProjectGraph } from '@hil/contracts';

/** A worktree at a known commit, as the planner and the editor see it. */
export interface EditWorkspace {
  /** Absolute path of the worktree. */
  root: string;
  /** Tracked paths, with forward slashes. */
  files: readonly string[];
  graph: ProjectGraph;
  signal: AbortSignal;
}

/** A mention of a symbol that was not resolved, so it is shown and not touched. */
export interface LookAlike {
  path: string;
  /** 1-based. */
  line: number;
  text: string;
}

/** What a recipe would change, found by a dry run. */
export interface RecipePlan {
  /** Every file that is changed, created, deleted or moved (both paths), sorted. */
  files: string[];
  /** Sentences for people, with counts. */
  changes: string[];
  /** Test files that import or are a changed file. */
  tests: string[];
  notes: string;
  /** For renames and moves: how many edits in how many files. */
  expected?: { edits: number; files: number };
}
