import { posix } from 'node:path';
import { analyseFile, languageOf, type StaticFinding } from './analyse.js';
import { newFindings } from './new-findings.js';

/** A changed file before and after; absent where it was not, or is not text. */
export interface FileVersions {
  path: string;
  before?: string | undefined;
  after?: string | undefined;
}

export interface ChangeAnalysis {
  /** Findings of the head that the base does not have. */
  findings: StaticFinding[];
  /** Files that were held to rules. */
  analysed: number;
  /** Source files in languages that have no rules here. */
  without: string[];
}

/** Files with these endings are source code, whether or not there are rules for them. */
const SOURCE =
  /\.(c|cc|cpp|h|hpp|go|rb|php|rs|kt|kts|scala|swift|m|mm|pl|lua|dart|ex|exs|vue|svelte|sh|bash|ps1|sql|vb|fs|groovy|clj|hs|jl|r)$/i;

/** Holds every changed file to our rules, at base and head, and keeps what is new. */
export async function analyseChange(
  files: readonly FileVersions[],
  signal?: AbortSignal,
): Promise<ChangeAnalysis> {
  const result: ChangeAnalysis = { findings: [], analysed: 0, without: [] };
  for (const { path, before, after } of files) {
    signal?.throwIfAborted();
    if (after === undefined) continue;
    if (languageOf(path) === undefined) {
      if (SOURCE.test(posix.basename(path))) result.without.push(path);
      continue;
    }
    const base = before === undefined ? [] : await analyseFile(path, before);
    for (const finding of newFindings(base, await analyseFile(path, after)))
      result.findings.push(finding);
    result.analysed += 1;
  }
  return result;
}
