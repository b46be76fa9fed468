import { type TestTotals } from '@hil/contracts';
import { type ResultSourceKind, type SuiteStatus, type TestFramework } from './suite.js';

/** What is known of a suite that came to its end by itself. */
export interface Outcome {
  framework: TestFramework;
  exitCode: number;
  /** What was reported case by case. */
  totals: TestTotals;
  /** What the framework itself counted; undefined when it said nothing. */
  summary: TestTotals | undefined;
  source: ResultSourceKind;
  /** Last lines of the output. */
  last: string;
}

/** Status and sentence of a suite that ended by itself. */
export function verdict(outcome: Outcome): [SuiteStatus, string] {
  const { totals, summary, exitCode, last, source } = outcome;
  const all = totals.passed + totals.failed + totals.skipped + totals.errors;
  const counted = `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped, ${totals.errors} errors`;
  if (source === 'exit_code') {
    const how = 'The test script has no output format we can read; this is its exit code';
    const saysNone = /no tests? (?:were )?found|^# tests 0$|(?<![\d.,])0 tests\b(?! failed)/im;
    // A script that fails has more to say than that nothing was there, unless it says just that.
    if (exitCode === 0 ? saysNone.test(last) : saysNoTests(outcome))
      return ['no_tests', 'No tests found.'];
    const tail = exitCode === 0 ? '' : ` Last lines:\n${last}`;
    return [exitCode === 0 ? 'passed' : 'failed', `${how} (${exitCode}).${tail}`];
  }
  if (all === 0 && (exitCode === 0 || saysNoTests(outcome))) return ['no_tests', 'No tests found.'];
  if (all === 0)
    return ['error', `The tests did not start (exit code ${exitCode}). Last lines:\n${last}`];
  if (source === 'reporter' && summary === undefined)
    return ['error', `The test run broke off after ${counted}. Last lines:\n${last}`];
  const differs =
    summary !== undefined &&
    (['passed', 'failed', 'skipped', 'errors'] as const).some(
      (key) => summary[key] !== totals[key],
    );
  const note = differs ? ` The framework itself counted ${JSON.stringify(summary)}.` : '';
  if (totals.failed > 0 || totals.errors > 0) return ['failed', `${counted}.${note}`];
  if (exitCode !== 0) {
    return ['failed', `${counted}, but the exit code is ${exitCode}.${note} Last lines:\n${last}`];
  }
  return ['passed', `${counted}.${note}`];
}

/** jest, mocha and vitest end with an error when nothing matches; pytest and unittest with 5. */
function saysNoTests({ framework, exitCode, last }: Outcome): boolean {
  if (framework === 'pytest' || framework === 'unittest') return exitCode === 5;
  return /no tests? (?:files? )?(?:were )?found|error: no test files|couldn't find any files to test/i.test(
    last,
  );
}

/** The totals of a record or reader, every count a number. */
export function totalsFrom(value: unknown): TestTotals {
  const counts =
    typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
  const number = (key: string) => Number(counts.get(key) ?? 0);
  return {
    passed: number('passed'),
    failed: number('failed'),
    skipped: number('skipped'),
    errors: number('errors'),
  };
}

/** Adds one case to the totals. */
export function count(totals: TestTotals, status: keyof TestTotals | 'error'): void {
  totals[status === 'error' ? 'errors' : status] += 1;
}
