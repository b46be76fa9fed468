import type { Summary, TestResult, TestTotals } from '@hil/contracts';
import { count, plain, type Colours } from './terminal-text.js';

const GOOD: readonly Summary['outcome'][] = ['pr_created', 'patch_ready', 'answered'];
const CHECK_MARKS = { passed: '✓', failed: '✗', not_run: '-', unknown: '?' } as const;

/** How a run ended, with what to do next. */
export function renderSummary(summary: Summary, colours: Colours): string {
  const good = GOOD.includes(summary.outcome);
  const title = `${good ? '✓' : '✗'} ${summary.outcome}: ${plain(summary.message)}`;
  const { usage } = summary;
  return [
    colours.bold(good ? colours.green(title) : colours.red(title)),
    ...summary.files.map(
      ({ path, additions, deletions }) =>
        `  ${plain(path)} ${colours.green(`+${additions}`)} ${colours.red(`-${deletions}`)}`,
    ),
    `  tests: ${plain(summary.tests.message)}`,
    ...summary.verification.map(
      ({ check, status, message }) =>
        `  ${mark(status, colours)} ${plain(check)} ${colours.dim(plain(message))}`,
    ),
    ...summary.risks.map((risk) => colours.yellow(`  ! ${plain(risk)}`)),
    ...(summary.pr_url === undefined ? [] : [`  pull request: ${plain(summary.pr_url)}`]),
    ...(summary.branch === undefined ? [] : [`  branch: ${plain(summary.branch)}`]),
    colours.dim(
      `  ${plain(usage.model)}, ${usage.input_tokens + usage.output_tokens} tokens, ${usage.cost_usd.toFixed(2)} US dollars`,
    ),
    ...summary.next_steps.map((step) => `  → ${plain(step)}`),
  ].join('\n');
}

function mark(status: keyof typeof CHECK_MARKS, colours: Colours): string {
  const paint = {
    passed: colours.green,
    failed: colours.red,
    not_run: colours.dim,
    unknown: colours.yellow,
  };
  return paint[status](CHECK_MARKS[status]);
}

function ranAny({ passed, failed, skipped, errors }: TestTotals): boolean {
  return passed + failed + skipped + errors > 0;
}

/** What has cases to count; linters and compilers have problems. */
const COUNTED: ReadonlySet<TestResult['kind']> = new Set(['test']);

/** A test result as a line, or nothing for a test that simply passed. */
export function renderTestResult(result: TestResult, colours: Colours): string | undefined {
  const where = colours.dim(
    ` ${plain(result.framework)}, ${result.phase === 'baseline' ? 'before' : 'after'} the change`,
  );
  // A run that broke before its first test has totals too: all of them 0.
  const began = result.status !== 'error' && result.status !== 'not_run';
  if (result.totals !== undefined && (began || ranAny(result.totals))) {
    const { passed, failed, skipped, errors } = result.totals;
    const counted = COUNTED.has(result.kind);
    // A check that found only what was there before has passed.
    const bad = counted ? failed + errors > 0 : result.status !== 'passed';
    const errorsToo = errors > 0 ? `, ${count(errors, 'error')}` : '';
    const numbers = counted
      ? `${passed} passed, ${failed} failed, ${skipped} skipped${errorsToo}`
      : plain(result.message ?? count(failed + errors, 'problem'));
    const sandbox = result.sandbox === undefined ? '' : colours.dim(` in ${result.sandbox.driver}`);
    return `  ${bad ? colours.red('✗') : colours.green('✓')} ${result.kind}: ${numbers}${where}${sandbox}`;
  }
  if (result.status === 'not_run') {
    return `  - ${result.kind} not run: ${plain(result.message ?? '')}${where}`;
  }
  if (result.status === 'running') {
    return colours.dim(`  ${result.kind} is running${where}`);
  }
  if (result.status === 'failed' || result.status === 'error') {
    const known = result.change === 'known' ? ' (failed before too)' : '';
    const message =
      result.message === undefined ? '' : `\n${colours.dim(`      ${plain(result.message)}`)}`;
    return `  ${colours.red('✗')} ${plain(result.name ?? result.kind)}${known}${where}${message}`;
  }
  return undefined;
}
