import { type SuiteResult, type TestCase } from './suite.js';

export interface RunComparison {
  /** Fail after the change and did not before: passed, were skipped or did not exist. */
  newFailures: TestCase[];
  /** Failed before and pass after. */
  fixed: TestCase[];
  /** Fail before and after. */
  knownFailures: TestCase[];
  /** Failed after the change and passed when they were run once more; neither new nor known. */
  flaky: TestCase[];
  /** Ran before and are not there any more, e.g. deleted, renamed or hidden by a broken file. */
  disappeared: TestCase[];
}

/**
 * Compares two runs of the same suite case by case, keyed by file and full name; cases of the same key
 * are matched in the order they ran. Those whose key is in `flaky` came out differently on a second run.
 */
export function compareRuns(
  baseline: Pick<SuiteResult, 'cases'>,
  after: Pick<SuiteResult, 'cases'>,
  flaky: ReadonlySet<string> = new Set(),
): RunComparison {
  const before = new Map<string, TestCase[]>();
  for (const test of baseline.cases) {
    const key = caseKey(test);
    before.set(key, [...(before.get(key) ?? []), test]);
  }
  const comparison: RunComparison = {
    newFailures: [],
    fixed: [],
    knownFailures: [],
    flaky: [],
    disappeared: [],
  };
  for (const test of after.cases) {
    const old = before.get(caseKey(test))?.shift();
    const failedBefore = old !== undefined && isFailure(old);
    if (isFailure(test) && flaky.has(caseKey(test))) comparison.flaky.push(test);
    else if (isFailure(test))
      (failedBefore ? comparison.knownFailures : comparison.newFailures).push(test);
    else if (failedBefore && test.status === 'passed') comparison.fixed.push(test);
  }
  return { ...comparison, disappeared: [...before.values()].flat() };
}

/** Names a test across runs. */
export function caseKey(test: { file?: string | undefined; name?: string | undefined }): string {
  return JSON.stringify([test.file ?? null, test.name ?? null]);
}

export function isFailure(test: { status: string }): boolean {
  return test.status === 'failed' || test.status === 'error';
}
