import { canSelect } from './frameworks/call-suite.js';
import { caseKey, isFailure } from './compare-runs.js';
import { runSuite } from './run-suite.js';
import { type RunSuiteOptions, type SuiteResult } from './suite.js';

/** With more failures than this something is broken, not flaky. */
const MAX_RERUN = 40;

export interface SecondLook {
  /** Keys (see `caseKey`) of the failures that passed this time. */
  flaky: Set<string>;
  /** One sentence: what was run again, or why nothing was. */
  message: string;
}

/** Runs the failures of a suite once more, alone: what passes now depends on something but the code. */
export async function lookAgain(
  options: RunSuiteOptions,
  result: Pick<SuiteResult, 'cases' | 'status'>,
): Promise<SecondLook> {
  const failures = result.cases.filter(isFailure);
  const none = (message: string): SecondLook => ({ flaky: new Set(), message });
  if (failures.length === 0) return none('No failure to look at again.');
  const { id, framework } = options.suite;
  if (!canSelect(framework)) return none(`${id}: ${framework} can't run single tests again.`);
  if (failures.length > MAX_RERUN)
    return none(`${id}: ${failures.length} failures are too many to look at again.`);
  const { onResult: _stream, first: _first, coverage: _coverage, ...rest } = options;
  const second = await runSuite({ ...rest, only: failures });
  const passed = new Set(
    second.cases.filter(({ status }) => status === 'passed').map((test) => caseKey(test)),
  );
  // A name that both passed and failed, such as one run with several parameters, is no proof.
  for (const test of second.cases.filter(isFailure)) passed.delete(caseKey(test));
  const flaky = new Set(failures.map((test) => caseKey(test)).filter((key) => passed.has(key)));
  const again = `${failures.length} ${failures.length === 1 ? 'failure' : 'failures'} run again alone`;
  return { flaky, message: `${id}: ${again}: ${flaky.size} passed this time.` };
}
