import type { TestSummary, TestTotals } from '@hil/contracts';
import { type SuiteResult, type TestCase, isFailure } from '@hil/test-execution';
import type { SuiteComparison } from './suite-runner.js';

/** Names beyond this are counted and not listed. */
const MAX_NAMES = 200;

const EMPTY = { new_failures: [], fixed: [], known_failures: [] };

/** A repository without tests: neither a failure nor a pass. */
export function noTests(): TestSummary {
  return { status: 'no_tests', message: 'no tests found', ...EMPTY };
}

/** Tests exist and were not run; `message` begins with "not run". */
export function testsNotRun(message: string): TestSummary {
  return { status: 'not_run', message, ...EMPTY };
}

/** What the suites together say about the change. */
export function summarise(compared: readonly SuiteComparison[]): TestSummary {
  const ran = compared.filter(
    ({ after }) => after.status === 'passed' || after.status === 'failed',
  );
  const brokenByChange = suitesBroken(compared).filter(({ after }) => after.status === 'error');
  const neverRan = compared.filter((each) => !ran.includes(each) && !brokenByChange.includes(each));
  const newFailures = [
    ...ran.flatMap(({ comparison }) => comparison.newFailures.map(nameOf)),
    ...suitesBroken(compared).map(suiteLine),
  ];
  const notes = neverRan.flatMap(({ suite, baseline, after }) => {
    if (after.status !== 'no_tests') return [`${suite.id} not run: ${after.message}`];
    const { passed, failed } = baseline.totals;
    const vanished = passed + failed > 0;
    return vanished ? [`${suite.id}: its ${passed + failed} tests are found no more`] : [];
  });
  if (ran.length === 0 && brokenByChange.length === 0) {
    return notes.length === 0 ? noTests() : testsNotRun(notes.join('; '));
  }
  const known = [
    ...ran.flatMap(({ comparison }) => comparison.knownFailures.map(nameOf)),
    ...ran
      .filter(({ baseline, after }) => failsWithoutCase(after) && failedAsSuch(baseline))
      .map(suiteLine),
  ];
  const flaky = ran.flatMap(({ comparison }) => comparison.flaky.map(nameOf));
  const fixed = ran.flatMap(({ comparison }) => comparison.fixed.map(nameOf));
  const coverage = compared.flatMap((each) => each.coverage ?? []);
  const unmeasured = ran.flatMap(({ suite, coverageProblem }) =>
    coverageProblem === undefined ? [] : [{ suite: suite.id, reason: coverageProblem }],
  );
  const after = sum(compared.map((each) => each.after.totals));
  const failed = newFailures.length > 0 || known.length > 0;
  const sandbox = (ran[0] ?? brokenByChange[0])?.after.sandbox;
  return {
    status: failed ? 'failed' : 'passed',
    message: [
      sentence(after, {
        newFailures: newFailures.length,
        known: known.length,
        fixed: fixed.length,
        flaky: flaky.length,
      }),
      ...notes,
    ].join('; '),
    framework: [...new Set([...ran, ...brokenByChange].map(({ suite }) => suite.framework))].join(
      ', ',
    ),
    baseline: sum(compared.map((each) => each.baseline.totals)),
    after,
    new_failures: newFailures.slice(0, MAX_NAMES),
    fixed: fixed.slice(0, MAX_NAMES),
    known_failures: known.slice(0, MAX_NAMES),
    ...(flaky.length === 0 ? {} : { flaky: flaky.slice(0, MAX_NAMES) }),
    ...(coverage.length === 0 ? {} : { coverage }),
    ...(unmeasured.length === 0 ? {} : { coverage_not_measured: unmeasured }),
    ...(sandbox === undefined ? {} : { sandbox }),
  };
}

/** Suites that the change broke as a whole. One that fails so on the base too tells nothing about the change. */
export function suitesBroken(compared: readonly SuiteComparison[]): SuiteComparison[] {
  return compared.filter(({ baseline, after }) =>
    after.status === 'error'
      ? baseline.status !== 'error' && baseline.status !== 'not_run'
      : failsWithoutCase(after) && !failedAsSuch(baseline),
  );
}

/** It did not compile, or a later step of it broke: nothing that a single test says. */
function failsWithoutCase({ status, cases }: SuiteResult): boolean {
  return status === 'failed' && !cases.some(isFailure);
}

/** It told nothing about single tests on the base either. */
function failedAsSuch(baseline: SuiteResult): boolean {
  return baseline.status === 'error' || baseline.status === 'not_run' || failsWithoutCase(baseline);
}

function suiteLine({ suite, after }: SuiteComparison): string {
  return `${suite.id}: ${after.message}`;
}

function sentence(
  totals: TestTotals,
  counts: { newFailures: number; known: number; fixed: number; flaky: number },
): string {
  const { newFailures, known, fixed, flaky } = counts;
  const { passed, skipped } = totals;
  const parts = [
    `${passed} passed`,
    newFailures === 0
      ? 'no new failure'
      : `${newFailures} new ${newFailures === 1 ? 'failure' : 'failures'}`,
    ...(known === 0 ? [] : [`${known} failed before too`]),
    ...(flaky === 0 ? [] : [`${flaky} flaky`]),
    ...(fixed === 0 ? [] : [`${fixed} fixed`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ];
  return `Tests: ${parts.join(', ')}`;
}

function nameOf({ file, name }: TestCase): string {
  return file === undefined ? name : `${file}: ${name}`;
}

function sum(all: readonly TestTotals[]): TestTotals {
  const total = { passed: 0, failed: 0, skipped: 0, errors: 0 };
  for (const each of all) {
    total.passed += each.passed;
    total.failed += each.failed;
    total.skipped += each.skipped;
    total.errors += each.errors;
  }
  return total;
}
