import type { ChangedFile } from './change.js';
import { type Judged, broken, list, notInstalled } from './judged.js';
import { analyseChange } from './static-analysis/analyse-change.js';
import { languageOf } from './static-analysis/analyse.js';
import { isLintable, lintSecurity } from './static-analysis/eslint-security.js';
import { type Finding, newFindings } from './static-analysis/new-findings.js';
import { runBandit } from './tools/bandit.js';
import { findTool } from './tools/run-tool.js';
import type { VerifyChangeInput } from './verify-change.js';

/** New weaknesses need a person; what could not be analysed is said, never taken for clean. */
export async function checkStatically({ files, signal }: VerifyChangeInput): Promise<Judged[]> {
  const check = 'static analysis';
  const versions = files.map(({ path, before, after }) => ({ path, before, after }));
  try {
    const { findings, analysed, without } = await analyseChange(versions, signal);
    const places = findings.map(
      ({ path, line, weakness, cwe, message }) =>
        `${path}:${line} ${weakness} (CWE-${cwe}): ${message}`,
    );
    const items: Judged[] = [];
    if (findings.length > 0) items.push({ check, status: 'unknown', message: list(places) });
    else if (analysed > 0) {
      const message = `no new weakness in ${analysed} changed ${analysed === 1 ? 'file' : 'files'}`;
      items.push({ check, status: 'passed', message });
    }
    if (without.length > 0 || analysed === 0) {
      const message =
        without.length > 0
          ? `there are no rules for the language of ${list(without, 3)}`
          : 'no source file changed that rules exist for';
      items.push({
        check: analysed === 0 ? check : `${check} of other languages`,
        status: 'not_run',
        message,
      });
    }
    return items;
  } catch (error) {
    signal?.throwIfAborted();
    return [
      {
        check,
        status: 'not_run',
        message: `the analysis broke: ${String(error)}`,
        needsPerson: true,
      },
    ];
  }
}

/** Analyses by others, each told apart: new findings need a person. */
export async function checkWithTools(input: VerifyChangeInput): Promise<Judged[]> {
  const { files, signal } = input;
  const items: Judged[] = [];
  const scripts = files.filter(({ path, after }) => isLintable(path) && after !== undefined);
  if (scripts.length > 0) {
    const check = 'eslint-plugin-security';
    try {
      items.push(found(check, scripts.length, await lintChange(scripts, signal)));
    } catch (error) {
      signal?.throwIfAborted();
      items.push(broken(check, error));
    }
  }
  const python = files.filter(
    ({ path, after }) => languageOf(path) === 'python' && after !== undefined,
  );
  if (python.length > 0) {
    const check = 'bandit';
    const program = await findTool('bandit', input.toolPath);
    try {
      items.push(
        program === null
          ? notInstalled(check)
          : found(check, python.length, await runBandit(program, python, signal)),
      );
    } catch (error) {
      signal?.throwIfAborted();
      items.push(broken(check, error));
    }
  }
  return items;
}

async function lintChange(
  files: readonly ChangedFile[],
  signal: AbortSignal | undefined,
): Promise<{ findings: Finding[]; unread: string[] }> {
  const findings: Finding[] = [];
  const unread: string[] = [];
  for (const { path, before, after = '' } of files) {
    signal?.throwIfAborted();
    const head = await lintSecurity(path, after);
    if (head === null) {
      unread.push(path);
      continue;
    }
    const base = (await lintSecurity(path, before ?? '')) ?? [];
    for (const finding of newFindings(base, head)) findings.push(finding);
  }
  return { findings, unread };
}

function found(
  check: string,
  count: number,
  { findings, unread }: { findings: readonly Finding[]; unread: readonly string[] },
): Judged {
  if (findings.length > 0) {
    const places = findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
    return { check, status: 'unknown', message: list(places) };
  }
  if (unread.length > 0) {
    const message = `it could not read ${list(unread, 3)}`;
    return { check, status: 'not_run', message, needsPerson: true };
  }
  const files = `${count} changed ${count === 1 ? 'file' : 'files'}`;
  return { check, status: 'passed', message: `nothing new in ${files}` };
}
