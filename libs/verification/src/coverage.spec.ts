import { describe, expect, it } from '@jest/globals';
import type { TestSummary } from '@hil/contracts';
import { judgeCoverage } from './coverage.js';
import { fileIsChanged, verifyChange } from './index.js';

function tests(...measured: [covered: number, total: number][]): TestSummary {
  return {
    status: 'passed',
    message: '',
    new_failures: [],
    fixed: [],
    known_failures: [],
    coverage: measured.map(([covered, total]) => ({
      framework: 'jest',
      changed_lines: { covered, total },
      uncovered: Array.from({ length: total - covered }, (_, index) => `a.ts:${index + 1}`),
    })),
  };
}

describe('coverage of changed lines', () => {
  it.each([
    [[[8, 10]], 80, 'passed', 'tests reach 8 of 10 changed lines (80 %, 80 % wanted)'],
    [[[8, 10]], 81, 'unknown', /reach only 8 of 10 .*; not a\.ts:1, a\.ts:2$/],
    [
      [
        [1, 2],
        [3, 4],
      ],
      0,
      'passed',
      'tests reach 4 of 6 changed lines (66 %)',
    ],
    [[[0, 0]], 100, 'passed', 'no changed line can be covered'],
    [[], 100, 'not_run', 'no suite ran that could be measured'],
  ] as const)('%j against %d is %s', (measured, minimum, status, message) => {
    const judged = judgeCoverage(tests(...(measured as unknown as [number, number][])), minimum);
    expect(judged.status).toBe(status);
    expect(judged.message).toMatch(message);
  });

  it('that was not measured says why', () => {
    const coverage_not_measured = [{ suite: 'pytest@.', reason: 'coverage.py is not installed' }];
    expect(judgeCoverage({ ...tests(), coverage_not_measured }, 80)).toEqual({
      status: 'not_run',
      message: 'pytest@.: coverage.py is not installed',
    });
  });

  it('below the threshold needs a person, and does not above', async () => {
    const ask = async (minCoverage: number) => {
      const files = [{ path: 'a.ts', status: 'modified' as const, diff: '', after: '' }];
      const { verdict, items } = await verifyChange({
        files,
        criteria: [fileIsChanged('a.ts')],
        tests: tests([1, 2]),
        approvedFiles: ['a.ts'],
        approvedBy: 'person',
        minCoverage,
        toolPath: '',
      });
      return [verdict, items.find(({ check }) => check === 'coverage of changed lines')?.status];
    };
    expect(await ask(50)).toEqual(['ready', 'passed']);
    expect(await ask(51)).toEqual(['needs_person', 'unknown']);
  });
});
