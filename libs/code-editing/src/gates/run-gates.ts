import { languageOf, syntaxErrors } from '@hil/knowledge-graph';
import type { FileChange } from '../overlay/overlay-changes.js';
import type { Overlay } from '../overlay/overlay.js';
import { isStrictJson, ownParserProblems, type ParserProblem } from './own-parsers.js';
import { unifiedDiff } from './unified-diff.js';

/** One objection to the edits of a task. */
export interface GateFinding {
  /** `syntax` and `deletion` block the task; `scope` is for a person to decide. */
  gate: 'syntax' | 'deletion' | 'scope';
  path: string;
  line?: number;
  message: string;
}

export interface GateResult {
  /** True when nothing blocks; findings of gate `scope` may still be there. */
  ok: boolean;
  findings: GateFinding[];
}

export interface GateOptions {
  /** Paths that the approved plan names. */
  approvedFiles: readonly string[];
  /** Files whose deletion or emptying the task asks for. */
  expectedDeletions?: readonly string[];
  /** Lines a task may remove from one file beyond what it adds; default 200. */
  maxNetDeletion?: number;
}

/**
 * Judges the edits of one task before they are written: no new syntax error, no disproportionate deletion
 * (more than half of a file and more than 50 lines net, or more than `maxNetDeletion`), no file outside of
 * the approved ones.
 */
export async function runGates(overlay: Overlay, options: GateOptions): Promise<GateResult> {
  const findings: GateFinding[] = [];
  for (const change of await overlay.changedFiles()) {
    findings.push(
      ...(await syntaxFindings(change)),
      ...deletionFindings(change, options),
      ...scopeFindings(change, options),
    );
  }
  return { ok: findings.every(({ gate }) => gate === 'scope'), findings };
}

async function syntaxFindings(change: FileChange): Promise<GateFinding[]> {
  const { path, before, after } = change;
  if (after === null) return [];
  const language = languageOf(path);
  const strict = before !== null && isStrictJson(before);
  const problem =
    (language && (await newProblem((text) => syntaxErrors(language, text), before, after))) ??
    (await newProblem((text) => ownParserProblems(path, text, strict), before, after));
  if (!problem) return [];
  return [
    {
      gate: 'syntax',
      path,
      line: problem.line,
      message: `${path} would no longer parse: line ${problem.line}, ${problem.message}.`,
    },
  ];
}

/** What a parser objects to in a text, and not in the one before; undefined when nothing is new. */
async function newProblem(
  problemsOf: (text: string) => Promise<ParserProblem[]>,
  before: string | null,
  after: string,
): Promise<ParserProblem | undefined> {
  const now = await problemsOf(after);
  if (now.length === 0) return undefined;
  const old = before === null ? [] : await problemsOf(before);
  if (now.length <= old.length) return undefined;
  const known = new Set(old.map(({ message }) => message));
  return now.find(({ message }) => !known.has(message)) ?? now[0];
}

function deletionFindings(
  change: FileChange,
  { expectedDeletions = [], maxNetDeletion = 200 }: GateOptions,
): GateFinding[] {
  if (change.before === null || expectedDeletions.includes(change.path)) return [];
  const { additions, deletions } = unifiedDiff(change);
  const lines = change.before.split('\n').length;
  const net = deletions - additions;
  if (net <= maxNetDeletion && !(net > 50 && net > lines / 2)) return [];
  return [
    {
      gate: 'deletion',
      path: change.path,
      message: `${change.path} would lose ${net} of ${lines} lines, more than the task covers.`,
    },
  ];
}

function scopeFindings(change: FileChange, { approvedFiles }: GateOptions): GateFinding[] {
  const approved = new Set(approvedFiles);
  return [change.path, ...(change.from === undefined ? [] : [change.from])]
    .filter((path) => !approved.has(path))
    .map((path) => ({
      gate: 'scope',
      path,
      message: `${path} is not among the files of the approved plan.`,
    }));
}
