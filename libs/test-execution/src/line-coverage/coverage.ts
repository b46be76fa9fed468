import { type CoverageSummary } from '@hil/contracts';
import { posix } from 'node:path';

/** Line number -> times it ran, by repository path. Lines that hold no code are not in it. */
export type LineCoverage = Map<string, Map<number, number>>;

const MAX_UNCOVERED = 50;

/** Where the paths of a report belong. */
export interface CoveragePlace {
  /** The workspace as the tests saw it. */
  root: string;
  cwd: string;
}

/** Istanbul's `coverage-final.json`, as jest and vitest write it (statements are the unit of lines). */
export function istanbulLines(text: string, place: CoveragePlace): LineCoverage | null {
  const files = parseObject(text);
  if (files === null) return null;
  const lines: LineCoverage = new Map();
  for (const [path, value] of Object.entries(files)) {
    const { statementMap, s } = value as {
      statementMap?: Record<string, { start?: { line?: number } }>;
      s?: Record<string, number>;
    };
    const hits = new Map<number, number>();
    for (const [id, { start }] of Object.entries(statementMap ?? {})) {
      const line = start?.line;
      // As istanbul counts lines: a line ran as often as its busiest statement.
      if (line !== undefined) hits.set(line, Math.max(hits.get(line) ?? 0, s?.[id] ?? 0));
    }
    lines.set(relative(path, place), hits);
  }
  return lines;
}

/** The JSON report of coverage.py. */
export function coveragePyLines(text: string, place: CoveragePlace): LineCoverage | null {
  const report = parseObject(text);
  const files = report?.['files'];
  if (typeof files !== 'object' || files === null) return null;
  const lines: LineCoverage = new Map();
  for (const [path, value] of Object.entries(files)) {
    const { executed_lines = [], missing_lines = [] } = value as {
      executed_lines?: number[];
      missing_lines?: number[];
    };
    const hits = new Map<number, number>();
    for (const line of executed_lines) hits.set(line, 1);
    for (const line of missing_lines) hits.set(line, 0);
    lines.set(relative(path, place), hits);
  }
  return lines;
}

/** Percent of all lines with code that ran; null when there are none. */
export function percent(coverage: LineCoverage): number | null {
  let total = 0;
  let covered = 0;
  for (const hits of coverage.values()) {
    total += hits.size;
    for (const count of hits.values()) if (count > 0) covered += 1;
  }
  return total === 0 ? null : Math.round((covered / total) * 10_000) / 100;
}

/** What the tests reached of the lines a change added or modified, and how the whole moved. */
export function summariseCoverage(
  framework: string,
  changed: ReadonlyMap<string, readonly number[]>,
  after: LineCoverage,
  baseline: LineCoverage | null,
): CoverageSummary {
  let total = 0;
  const uncovered: string[] = [];
  for (const [file, numbers] of changed) {
    const hits = after.get(file);
    if (hits === undefined) continue;
    for (const line of numbers) {
      const count = hits.get(line);
      if (count === undefined) continue;
      total += 1;
      if (count === 0) uncovered.push(`${file}:${line}`);
    }
  }
  const before = baseline === null ? null : percent(baseline);
  const now = percent(after);
  return {
    framework,
    changed_lines: { covered: total - uncovered.length, total },
    uncovered: uncovered.slice(0, MAX_UNCOVERED),
    ...(before === null || now === null ? {} : { total_percent: { baseline: before, after: now } }),
  };
}

function relative(path: string, { root, cwd }: CoveragePlace): string {
  return posix.isAbsolute(path) ? posix.relative(root, path) : posix.join(cwd, path);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

/** Coverage of a result that was kept as plain data. */
export function unpackCoverage(
  packed: Record<string, [line: number, count: number][]> | undefined,
): LineCoverage | null {
  if (packed === undefined) return null;
  return new Map(Object.entries(packed).map(([file, hits]) => [file, new Map(hits)]));
}
