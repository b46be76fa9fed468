import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileVersions } from '../static-analysis/analyse-change.js';
import { type Finding, fingerprintOf, newFindings } from '../static-analysis/new-findings.js';
import { runTool, withFolder } from './run-tool.js';

interface BanditReport {
  errors: { filename: string; reason: string }[];
  results: {
    filename: string;
    line_number: number;
    test_id: string;
    test_name: string;
    issue_text: string;
  }[];
}

export interface BanditResult {
  findings: Finding[];
  /** Files it could not read, such as those with syntax errors. */
  unread: string[];
}

/**
 * What bandit finds in changed Python files and not in their base, of medium severity and up. It parses and
 * runs nothing, so it needs no sandbox; files get names of ours, so that no `.bandit`, path or `# nosec` of the
 * repository switches anything off.
 * @throws Error when bandit breaks
 */
export function runBandit(
  program: string,
  files: readonly FileVersions[],
  signal?: AbortSignal,
): Promise<BanditResult> {
  return withFolder(async (folder) => {
    const head = await scan(program, join(folder, 'head'), files, ({ after }) => after, signal);
    const base = await scan(program, join(folder, 'base'), files, ({ before }) => before, signal);
    const findings = files.flatMap(({ path }) => {
      const of = (all: readonly Finding[]): Finding[] => all.filter((each) => each.path === path);
      return newFindings(of(base.findings), of(head.findings));
    });
    return { findings, unread: head.unread };
  });
}

async function scan(
  program: string,
  folder: string,
  files: readonly FileVersions[],
  textOf: (file: FileVersions) => string | undefined,
  signal?: AbortSignal,
): Promise<BanditResult> {
  await mkdir(folder);
  const written = new Map<string, { path: string; lines: string[] }>();
  for (const [index, file] of files.entries()) {
    const text = textOf(file);
    if (text === undefined) continue;
    const name = join(folder, `file_${index}.py`);
    await writeFile(name, text);
    written.set(name, { path: file.path, lines: text.split('\n') });
  }
  if (written.size === 0) return { findings: [], unread: [] };
  const report = join(folder, 'report.json');
  const options = ['-q', '-ll', '--ignore-nosec', '-f', 'json', '-o', report];
  const { code, stderr } = await runTool(program, [...options, ...written.keys()], {
    cwd: folder,
    signal,
  });
  // 1: it found something.
  if (code !== 0 && code !== 1) throw new Error(`ended with code ${code}: ${stderr.slice(-300)}`);
  const { results, errors } = JSON.parse(await readFile(report, 'utf8')) as BanditReport;
  return {
    findings: results.map(({ filename, line_number, test_id, test_name, issue_text }) => {
      const { path = filename, lines = [] } = written.get(filename) ?? {};
      return {
        path,
        line: line_number,
        message: `${issue_text} (${test_id} ${test_name})`,
        fingerprint: fingerprintOf(test_id, lines[line_number - 1] ?? ''),
      };
    }),
    unread: errors.map(({ filename }) => written.get(filename)?.path ?? filename),
  };
}
