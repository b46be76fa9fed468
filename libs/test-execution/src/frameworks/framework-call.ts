import { type OutputReader } from '../results/output-reader.js';
import { type TestCase, type TestSuite } from '../suite.js';

/** XML reports that a framework leaves. */
export interface XmlPlace {
  /** Paths are relative to the workspace, or to the results folder of the call. */
  in: 'workspace' | 'results';
  isReport: (path: string) => boolean;
  parse: (text: string) => TestCase[] | null;
}

/** Where the results of a run are read from. */
export type ResultSource =
  /** Our reporter, through the report file. */
  | { from: 'reporter' }
  /** What the framework prints; reports that it leaves count where its output tells nothing. */
  | {
      from: 'output';
      reader: (onCase: (test: TestCase) => void) => OutputReader;
      otherwise?: XmlPlace;
    }
  /** XML files written as the framework goes; its output only gives totals to compare with. */
  | { from: 'xml'; reports: XmlPlace; totals?: () => OutputReader };

/** How a suite is called inside the sandbox. */
export interface FrameworkCall {
  argv: [string, ...string[]];
  env: Record<string, string>;
  results: ResultSource;
}

/** What the call depends on besides the suite. */
export interface CallSetting {
  suite: TestSuite;
  /** The repository's root inside. */
  workspace: string;
  /** PATH inside. */
  path: readonly string[];
  /** Writable folder outside the repository, the same path inside and outside. */
  results: string;
  /** Environment of the installation, e.g. VIRTUAL_ENV. */
  installed: Readonly<Record<string, string>>;
  python: string;
  /** Folder to leave coverage data in; absent = not wanted. */
  coverage?: string;
  first: readonly string[];
  only: readonly TestCase[] | null;
}

export const SEPARATOR = ' > ';

/** A regular expression that matches these texts and no other; groups joined by a space or ` > `. */
export function exactly(names: readonly string[]): string {
  const escaped = [...new Set(names)].map((name) =>
    name
      .split(SEPARATOR)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
      .join('(?: | > )'),
  );
  return `^(?:${escaped.join('|')})$`;
}

/** Test files of the cases, relative to the suite's folder. */
export function filesOf(suite: TestSuite, cases: readonly TestCase[]): string[] {
  const prefix = suite.cwd === '.' ? '' : `${suite.cwd}/`;
  const files = cases.flatMap(({ file }) =>
    file !== undefined && file.startsWith(prefix) ? [file.slice(prefix.length)] : [],
  );
  return [...new Set(files)];
}
