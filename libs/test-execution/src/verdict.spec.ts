import { describe, expect, it } from '@jest/globals';
import { type Outcome, verdict } from './verdict.js';

const NONE = { passed: 0, failed: 0, skipped: 0, errors: 0 };
const script = (exitCode: number, last: string): Outcome => ({
  framework: 'npm test',
  exitCode,
  totals: NONE,
  summary: undefined,
  source: 'exit_code',
  last,
});

describe('what a script without a format came to', () => {
  it.each([
    [1, 'FAIL: 3 of 10 tests failed'],
    [1, '0 tests failed to load; 1 crashed'],
    [1, 'cannot find module x'],
    [2, '# tests 0\n# fail 1'],
  ])('is a failure with exit code %i and "%s"', (code, last) => {
    expect(verdict(script(code, last))[0]).toBe('failed');
  });

  it.each([
    [0, 'ran 10 tests, all well'],
    [0, '0 tests failed'],
    [0, ''],
  ])('is a pass with exit code %i and "%s"', (code, last) => {
    expect(verdict(script(code, last))[0]).toBe('passed');
  });

  it.each([
    [0, '0 tests'],
    [0, '# tests 0'],
    [1, 'No tests found, exiting with code 1'],
  ])('is no tests with exit code %i and "%s"', (code, last) => {
    expect(verdict(script(code, last))[0]).toBe('no_tests');
  });
});
