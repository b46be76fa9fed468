import type { CheckSummary, TestResult } from '@hil/contracts';
import type { Check } from '@hil/test-execution';

/** How a check that did not run is streamed: never as clean. */
export function notRunResult({ kind, tool }: Check, message: string): TestResult {
  return { kind, framework: tool, phase: 'after', status: 'not_run', message };
}

/** The same in the summary of the run. */
export function notRunSummary({ kind, tool }: Check, message: string): CheckSummary {
  const counts = { new_problems: [], known_problems: 0, fixed_problems: 0 };
  return { kind, tool, status: 'not_run', message, ...counts };
}
