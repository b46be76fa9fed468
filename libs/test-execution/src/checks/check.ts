import { type CheckSummary } from '@hil/contracts';

export type CheckKind = CheckSummary['kind'];

/** One thing a linter, type checker or compiler complains about. */
export interface Problem {
  /** Posix path relative to the repository root; absent for complaints about the whole. */
  file?: string;
  line?: number;
  /** Rule or code, where the tool names one. */
  rule?: string;
  message: string;
}

/** A linter, type checker or compiler that the repository uses. Plain data. */
export interface Check {
  kind: CheckKind;
  tool: string;
  /** Posix path of the folder it runs in. */
  cwd: string;
  /** Why it is run: what configures it. */
  reason: string;
  argv: [string, ...string[]];
  /** Changed files, relative to `cwd`, put after `argv`; absent = it looks at the whole project. */
  files?: string[];
  format: ProblemFormat;
  /** Which suite's dependencies it needs. */
  needs: 'node' | 'python' | 'maven' | 'dotnet' | 'none';
  /** Set when it can't be run, with the reason. */
  notRun?: string;
}

export type ProblemFormat =
  'eslint-json' | 'biome-github' | 'prettier' | 'tsc' | 'ruff-json' | 'lines' | 'mypy' | 'pyright-json' | 'maven' | 'checkstyle' | 'spotbugs' | 'msbuild' | 'exit_code'; // prettier-ignore

/** The problems in what a tool printed, or null when it broke. */
export type Parser = (
  text: string,
  output: { stderr: string; exitCode: number },
) => Problem[] | null;

/** Names a problem across trees: lines move when code above them changes, so they don't count. */
function problemKey({ file, rule, message }: Problem): string {
  return JSON.stringify([file ?? null, rule ?? null, message]);
}

export interface ProblemComparison {
  fresh: Problem[];
  known: number;
  fixed: number;
}

/** What a check says after the change that it did not say before. */
export function compareProblems(
  baseline: readonly Problem[],
  after: readonly Problem[],
): ProblemComparison {
  const before = new Map<string, number>();
  for (const problem of baseline) {
    const key = problemKey(problem);
    before.set(key, (before.get(key) ?? 0) + 1);
  }
  const fresh: Problem[] = [];
  let known = 0;
  for (const problem of after) {
    const key = problemKey(problem);
    const left = before.get(key) ?? 0;
    if (left === 0) fresh.push(problem);
    else {
      known += 1;
      before.set(key, left - 1);
    }
  }
  return { fresh, known, fixed: baseline.length - known };
}

/** `src/a.ts:3: message (rule)` */
export function problemText({ file, line, rule, message }: Problem): string {
  const where = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return `${where}${message}${rule === undefined ? '' : ` (${rule})`}`;
}
