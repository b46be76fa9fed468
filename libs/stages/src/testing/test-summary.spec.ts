import { describe, expect, it } from '@jest/globals';
import { type SuiteResult, type TestCase, type TestSuite, compareRuns } from '@hil/test-execution';
import type { SuiteComparison } from './suite-runner.js';
import { summarise } from './test-summary.js';

const suite: TestSuite = {
  id: 'jest@.',
  framework: 'jest',
  cwd: '.',
  reason: '',
  command: ['npm'],
  installPlan: null,
};

const test = (name: string, status: TestCase['status']): TestCase => ({
  name,
  file: 'a.test.js',
  status,
});

function result(status: SuiteResult['status'], cases: TestCase[] = [], message = ''): SuiteResult {
  const count = (wanted: TestCase['status']) =>
    cases.filter((each) => each.status === wanted).length;
  return {
    status,
    framework: 'jest',
    cwd: '.',
    cases,
    totals: { passed: count('passed'), failed: count('failed'), skipped: 0, errors: 0 },
    message,
    durationMs: 1,
    source: 'reporter',
    sandbox: { driver: 'bubblewrap', enforced: [], unenforced: [] },
  };
}

const compared = (baseline: SuiteResult, after: SuiteResult): SuiteComparison => ({
  suite,
  baseline,
  after,
  comparison: compareRuns(baseline, after),
});

describe('the summary of tests', () => {
  it('names a failure that the change made', () => {
    const summary = summarise([
      compared(
        result('passed', [test('adds', 'passed')]),
        result('failed', [test('adds', 'failed')]),
      ),
    ]);
    expect(summary).toMatchObject({
      status: 'failed',
      new_failures: ['a.test.js: adds'],
      known_failures: [],
    });
  });

  it('tells a failure that was there before from a new one', () => {
    const both = result('failed', [test('adds', 'failed'), test('subtracts', 'passed')]);
    expect(summarise([compared(both, both)])).toMatchObject({
      status: 'failed',
      new_failures: [],
      known_failures: ['a.test.js: adds'],
    });
  });

  it('calls a suite broken by the change a new failure', () => {
    const summary = summarise([
      compared(result('passed', [test('adds', 'passed')]), result('error', [], 'crashed')),
    ]);
    expect(summary).toMatchObject({ status: 'failed', new_failures: ['jest@.: crashed'] });
  });

  it('calls a suite that fails without a failed test a failure: new, or known where it was so before', () => {
    const before = result('passed', [test('adds', 'passed')]);
    const broken = result('failed', [test('adds', 'passed')], '1 passed, but the exit code is 1.');
    const line = 'jest@.: 1 passed, but the exit code is 1.';
    expect(summarise([compared(before, broken)])).toMatchObject({
      status: 'failed',
      new_failures: [line],
      known_failures: [],
    });
    expect(summarise([compared(broken, broken)])).toMatchObject({
      status: 'failed',
      new_failures: [],
      known_failures: [line],
    });
  });

  it('says which tests are found no more', () => {
    const before = result('passed', [test('adds', 'passed')]);
    expect(summarise([compared(before, result('no_tests'))])).toMatchObject({
      status: 'not_run',
      message: 'jest@.: its 1 tests are found no more',
    });
  });

  it('says "not run" of a suite that does not run on the base either, never "passed"', () => {
    const broken = result('error', [], 'no interpreter');
    expect(summarise([compared(broken, broken)])).toMatchObject({
      status: 'not_run',
      message: 'jest@. not run: no interpreter',
    });
  });

  it('is neither a pass nor a failure when nothing was found', () => {
    const none = result('no_tests');
    expect(summarise([compared(none, none)])).toMatchObject({ status: 'no_tests' });
  });
});
