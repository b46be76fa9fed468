/** What the checker is asked: the files to look at and what every import of the project means. */
export interface CheckRequest {
  /** Folder that holds the files, absolute. */
  rootDir: string;
  /** Files whose calls are wanted, relative to the root. */
  files: readonly string[];
  /** For each file: specifier -> file of the project. Anything else is left unresolved. */
  imports: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

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
  outcome: 'project' | 'elsewhere' | 'unknown';
  targets: CallTarget[];
}

/** The calls of one file. */
export interface CheckedFile {
  path: string;
  calls: CheckedCall[];
}

/** What the checker's process sends: results as they come, then the end. */
export type CheckerMessage =
  { kind: 'files'; files: CheckedFile[] } | { kind: 'end' } | { kind: 'failed'; message: string };
