/** What the checker is asked: the files to look at and what every import of the project means. */
export interface CheckRequest {
  /** Folder that holds the files, absolute. */
  rootDir: string;
  /** Files whose calls are wanted, relative to the root. */
  files: readonly string[];
  /** Files that reach into every other without an import: they are always read with them. */
  globals: readonly string[];
  /** All files that may be read: those the graph could read whole. */
  readable: ReadonlySet<string>;
  /** For each file: specifier -> file of the project. Anything else is left unresolved. */
  imports: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const OUTCOMES = ['project', 'elsewhere', 'unknown'] as const;

/** A declaration a call goes to: the line (1-based) of its name. */
export interface CallTarget {
  path: string;
  line: number;
  name: string;
}

/**
 * One call as the checker sees it. `project`: it goes to `targets`; `elsewhere`: to a local function, a
 * parameter or something outside of the project; `unknown`: its type is not known.
 */
export interface CheckedCall {
  line: number;
  /** The last name of the callee, as written. */
  name: string;
  outcome: (typeof OUTCOMES)[number];
  targets: CallTarget[];
}

/** The same with the ids of the symbols it goes to, which stay when lines move. */
export interface LinkedCall extends Omit<CheckedCall, 'targets'> {
  targets: string[];
}

/** The calls of one file. */
export interface CheckedFile {
  path: string;
  calls: CheckedCall[];
}

/** What the checker's process sends: results as they come, then the end. */
export type CheckerMessage =
  { kind: 'files'; files: CheckedFile[] } | { kind: 'end' } | { kind: 'failed'; message: string };
