import type { TestSummary } from '@hil/contracts';

/** How well tests reach the changed lines, judged by a threshold. */
export interface CoverageJudgement {
  status: 'passed' | 'unknown' | 'not_run';
  message: string;
}

/**
 * Sums the changed lines of all frameworks that measured. Below the threshold a person looks.
 * @param minimum percent, 0 to 100; 0: the number is only told
 */
export function judgeCoverage(
  { coverage, coverage_not_measured: unmeasured = [] }: TestSummary,
  minimum: number,
): CoverageJudgement {
  if (coverage === undefined || coverage.length === 0) {
    const reasons = unmeasured.map(({ suite, reason }) => `${suite}: ${reason}`);
    const message =
      reasons.length === 0 ? 'no suite ran that could be measured' : reasons.join('; ');
    return { status: 'not_run', message };
  }
  const total = coverage.reduce((sum, each) => sum + each.changed_lines.total, 0);
  const covered = coverage.reduce((sum, each) => sum + each.changed_lines.covered, 0);
  if (total === 0) return { status: 'passed', message: 'no changed line can be covered' };
  const percent = (covered / total) * 100;
  const wanted = minimum === 0 ? '' : `, ${minimum} % wanted`;
  const figure = `${covered} of ${total} changed lines (${Math.floor(percent)} %${wanted})`;
  if (percent >= minimum) return { status: 'passed', message: `tests reach ${figure}` };
  const lines = coverage.flatMap(({ uncovered }) => uncovered);
  const more = lines.length > 10 ? `, and ${lines.length - 10} more` : '';
  return {
    status: 'unknown',
    message: `tests reach only ${figure}; not ${lines.slice(0, 10).join(', ')}${more}`,
  };
}
