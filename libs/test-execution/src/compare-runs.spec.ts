import { describe, expect, it } from '@jest/globals';
import { compareRuns } from './compare-runs.js';
import { type TestCase } from './suite.js';

const test = (name: string, status: TestCase['status'], file = 'a.test.js'): TestCase => ({
  name,
  status,
  file,
});
const names = (cases: TestCase[]) => cases.map((one) => one.name);

describe('compareRuns', () => {
  const before = [test('stays', 'passed'), test('old', 'failed'), test('mended', 'error'), test('gone', 'passed')]; // prettier-ignore
  const after = [test('stays', 'failed'), test('old', 'failed'), test('mended', 'passed'), test('added', 'failed')]; // prettier-ignore
  const comparison = compareRuns({ cases: before }, { cases: after });

  it('calls a failure new when it did not fail before, or did not exist', () => {
    expect(names(comparison.newFailures)).toEqual(['stays', 'added']);
  });
  it('calls a failure known when it failed before', () => {
    expect(names(comparison.knownFailures)).toEqual(['old']);
  });
  it('calls a test fixed only when it passes now', () => {
    expect(names(comparison.fixed)).toEqual(['mended']);
    const skipped = compareRuns(
      { cases: [test('x', 'failed')] },
      { cases: [test('x', 'skipped')] },
    );
    expect(skipped.fixed).toEqual([]);
  });
  it('names what disappeared', () => {
    expect(names(comparison.disappeared)).toEqual(['gone']);
  });
  it('takes suites of 200,000 tests', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => test(`t${index}`, 'passed'));
    expect(compareRuns({ cases: many }, { cases: [] }).disappeared).toHaveLength(many.length);
  });
  it('keeps tests of the same name in different files apart', () => {
    const result = compareRuns(
      { cases: [test('same', 'failed', 'a.js'), test('same', 'passed', 'b.js')] },
      { cases: [test('same', 'passed', 'a.js'), test('same', 'failed', 'b.js')] },
    );
    expect(result.newFailures[0]?.file).toBe('b.js');
    expect(result.fixed[0]?.file).toBe('a.js');
  });
});
