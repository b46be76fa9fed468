import type { CheckSummary, TestFailure } from '@hil/contracts';
import {
  type Check,
  type CheckResult,
  type PreparedDependencies,
  type Problem,
  type TestSuite,
  compareProblems,
  excerptAt,
  problemText,
  runCheck,
  suiteForCheck,
} from '@hil/test-execution';
import { suiteWithDependencies } from '../shared/suite-with-dependencies.js';
import { notRunResult, notRunSummary } from './check-not-run.js';
import type { SuiteRunner, SuiteRunnerOptions } from './suite-runner.js';

/** Problems listed one by one; more are counted. */
const MAX_LISTED = 50;
/** New problems handed to whoever repairs. */
const MAX_FAILURES = 5;

/** What the checks say of the change. */
export interface CheckOutcome {
  summary: CheckSummary;
  /** New problems in detail, the first ones. */
  failures: TestFailure[];
}

/** Runs linters, type checkers and compilers on base and head, and tells what is new. */
export class CheckRunner {
  constructor(
    private readonly options: SuiteRunnerOptions,
    private readonly suites: SuiteRunner,
  ) {}

  async compareAll(
    checks: readonly Check[],
    suites: readonly TestSuite[],
  ): Promise<CheckOutcome[]> {
    const { context } = this.options;
    const outcomes: CheckOutcome[] = [];
    for (const check of checks) {
      context.signal.throwIfAborted();
      context.log(`found ${check.tool}: ${check.reason}`);
      outcomes.push(await this.compare(check, suites));
    }
    return outcomes;
  }

  private async compare(check: Check, suites: readonly TestSuite[]): Promise<CheckOutcome> {
    const after = await this.run(check, suites, this.options.trees.head);
    if (after.status === 'not_run') return this.notRun(check, after.reason);
    // Nothing wrong now means nothing new, whatever was before.
    const before: CheckResult =
      after.problems.length === 0
        ? { ...after, problems: [] }
        : await this.run(check, suites, this.options.trees.base);
    const nothing = 'the change touches no file it looks at';
    if (before.status === 'not_run' && before.reason !== nothing) {
      return this.notRun(check, `on the base: ${before.reason}`);
    }
    const { fresh, known, fixed } = compareProblems(
      before.status === 'not_run' ? [] : before.problems,
      after.problems,
    );
    for (const problem of fresh.slice(0, MAX_LISTED)) this.stream(check, problem);
    const message =
      fresh.length === 0
        ? `no new problem${known === 0 ? '' : `, ${known} known`}`
        : `${fresh.length} new ${fresh.length === 1 ? 'problem' : 'problems'}, ${known} known`;
    const { kind, tool } = check;
    const status = fresh.length === 0 ? 'passed' : 'failed';
    this.options.context.stream({
      type: 'test_result',
      data: {
        kind,
        framework: tool,
        phase: 'after',
        status,
        message,
        duration_ms: after.durationMs,
        totals: {
          passed: 0,
          failed: after.problems.length,
          skipped: 0,
          errors: 0,
        },
        sandbox: after.sandbox,
      },
    });
    return {
      summary: {
        kind,
        tool,
        status,
        message,
        new_problems: fresh.slice(0, MAX_LISTED).map(problemText),
        known_problems: known,
        fixed_problems: fixed,
      },
      failures: await this.failures(check, fresh),
    };
  }

  private async run(
    check: Check,
    suites: readonly TestSuite[],
    workspace: string,
  ): Promise<CheckResult> {
    const { context, driver } = this.options;
    const dependencies = await this.dependencies(check, suites, workspace);
    return runCheck({
      check,
      workspace,
      driver,
      id: context.run.id,
      ...(dependencies === null ? {} : { dependencies }),
      limits: this.suites.limits(),
      signal: context.signal,
    });
  }

  /** Those of a suite of the same language whose installation covers the check's folder, else its own. */
  private async dependencies(
    check: Check,
    suites: readonly TestSuite[],
    workspace: string,
  ): Promise<PreparedDependencies | null> {
    const suite =
      suiteWithDependencies(check, suites) ?? (await suiteForCheck(workspace, check)) ?? undefined;
    return suite === undefined ? null : this.suites.dependencies(suite, workspace);
  }

  private notRun(check: Check, reason: string): CheckOutcome {
    this.options.context.stream({ type: 'test_result', data: notRunResult(check, reason) });
    return { summary: notRunSummary(check, reason), failures: [] };
  }

  private stream({ kind, tool }: Check, { file, line, rule, message }: Problem): void {
    this.options.context.stream({
      type: 'test_result',
      data: {
        kind,
        framework: tool,
        phase: 'after',
        status: 'failed',
        change: 'new',
        ...(rule === undefined ? {} : { name: rule }),
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        message,
      },
    });
  }

  private async failures({ kind, tool }: Check, fresh: readonly Problem[]): Promise<TestFailure[]> {
    const failures: TestFailure[] = [];
    for (const { file, line, rule, message } of fresh.slice(0, MAX_FAILURES)) {
      const excerpt =
        file === undefined || line === undefined
          ? null
          : await excerptAt(this.options.trees.head, file, line);
      failures.push({
        kind,
        framework: tool,
        name: rule ?? tool,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        message: message.slice(0, 2_000),
        frames: [],
        excerpts: excerpt === null ? [] : [excerpt],
      });
    }
    return failures;
  }
}
