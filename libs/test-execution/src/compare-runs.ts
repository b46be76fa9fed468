import { type SuiteResult, type TestCase } from './suite.js';

export interface RunComparison {
  /** Fail after the change and did not before: passed, were skipped or did not exist. */
  newFailures: TestCase[];
  /** Failed before and pass after. */
  fixed: TestCase[];
  /** Fail before and after. */
  knownFailures: TestCase[];
  /** Ran before and are not there any more, e.g. deleted, renamed or hidden by a broken file. */
  disappeared: TestCase[];
}

/**
 * Compares two runs of the same suite case by case, keyed by file and full name; cases of the same key
 * are matched in the order they ran.
 */
export function compareRuns(
  baseline: Pick<SuiteResult, 'cases'>,
  after: Pick<SuiteResult, 'cases'>,
): RunComparison {
  const before = new Map<string, TestCase[]>();
  for (const test of baseline.cases) {
    const key = keyOf(test);
    before.set(key, [...(before.get(key) ?? []), test]);
  }
  const comparison: RunComparison = {
    newFailures: [],
    fixed: [],
    knownFailures: [],
    disappeared: [],
  };
  for (const test of after.cases) {
    const old = before.get(keyOf(test))?.shift();
    const failedBefore = old !== undefined && isFailure(old);
    if (isFailure(test))
      (failedBefore ? comparison.knownFailures : comparison.newFailures).push(test);
    else if (failedBefore && test.status === 'passed') comparison.fixed.push(test);
  }
  comparison.disappeared.push(...[...before.values()].flat());
  return comparison;
}

function keyOf(test: TestCase): string {
  return JSON.stringify([test.file ?? null, test.name]);
}

function isFailure(test: TestCase): boolean {
  return test.status === 'failed' || test.status === 'error';
}
