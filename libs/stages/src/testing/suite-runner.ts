import type { Config } from '@hil/config';
import type { CoverageSummary, TestResult } from '@hil/contracts';
import type { SandboxDriver, SandboxLimits } from '@hil/sandbox';
import {
  type BaselineCache,
  type PreparedDependencies,
  type RunComparison,
  type RunSuiteOptions,
  type SuiteResult,
  type TestSuite,
  caseKey,
  compareRuns,
  coverageProblem,
  isFailure,
  lookAgain,
  prepareDependencies,
  runSuite,
  summariseCoverage,
  unpackCoverage,
} from '@hil/test-execution';
import type { StageContext } from '@hil/workflow';
import { listed } from '../shared/requirements.js';
import type { ChangedLines } from './changed-lines.js';
import type { TestTrees } from './test-trees.js';

/** Output of the test process beyond this is not kept. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What a run without a report most likely lacks. */
const NO_REPORT: Readonly<Record<string, string>> = {
  pytest: 'its run left no report; coverage.py or pytest-cov must be among its dependencies',
};

/** One suite on base and head. */
export interface SuiteComparison {
  suite: TestSuite;
  baseline: SuiteResult;
  after: SuiteResult;
  comparison: RunComparison;
  coverage?: CoverageSummary;
  /** Why there is no coverage of a suite that ran. */
  coverageProblem?: string;
}

export interface SuiteRunnerOptions {
  config: Config;
  context: StageContext;
  driver: SandboxDriver;
  trees: TestTrees;
  baselines: BaselineCache;
  changed: ChangedLines;
}

/** Runs suites in the sandbox, on base and head, and streams what they report. */
export class SuiteRunner {
  constructor(private readonly options: SuiteRunnerOptions) {}

  async compare(suite: TestSuite): Promise<SuiteComparison> {
    const { context, trees, changed } = this.options;
    const { signal } = context;
    const problem = await coverageProblem(trees.head, suite);
    const coverage = problem === null;
    const baseline = await this.baseline(suite, coverage);
    signal.throwIfAborted();
    const { after, flaky } = await this.after(suite, coverage, baseline);
    signal.throwIfAborted();
    const comparison = compareRuns(baseline, after, flaky);
    const measured = unpackCoverage(after.coverage);
    if (measured === null) {
      const reason = problem ?? NO_REPORT[suite.framework] ?? 'its run left no report';
      context.log(`${suite.id}: coverage not measured: ${reason}`);
      return { suite, baseline, after, comparison, coverageProblem: reason };
    }
    const summary = summariseCoverage(
      suite.framework,
      changed,
      measured,
      unpackCoverage(baseline.coverage),
    );
    const { covered, total } = summary.changed_lines;
    context.log(`${suite.id}: ${covered} of ${total} changed lines are covered by its tests`);
    return { suite, baseline, after, comparison, coverage: summary };
  }

  /** Dependencies of a suite for one of the trees. */
  async dependencies(suite: TestSuite, workspace: string): Promise<PreparedDependencies> {
    const { context, driver, trees, config } = this.options;
    const dependencies = await prepareDependencies({
      suite,
      workspace,
      driver,
      id: context.run.id,
      cacheDir: trees.cache,
      limits: { ...this.limits(), timeoutMs: config.tests.timeoutSeconds * 2_000 },
      signal: context.signal,
      onLog: (line) => context.log(line, 'debug', suite.framework),
      room: () => context.room(),
    });
    context.signal.throwIfAborted();
    if (dependencies.status !== 'nothing_to_install') {
      context.log(
        `${suite.id}: dependencies ${dependencies.reused ? 'reused' : dependencies.status}: ${dependencies.message}`,
      );
    }
    return dependencies;
  }

  /** The suite on the base commit, from an earlier run of the same tree where there is one. */
  private async baseline(suite: TestSuite, coverage: boolean): Promise<SuiteResult> {
    const { context, driver, trees, baselines } = this.options;
    const dependencies = await this.dependencies(suite, trees.base);
    const key = {
      treeId: trees.baseTree,
      suite,
      dependencies: dependencies.key,
      driver: `${driver.name} ${(await driver.toolchains()).fingerprint}`,
    };
    const known = await baselines.get(key);
    if (known !== null) {
      context.log(`${suite.id}: this tree was tested before; its results are the baseline`);
      this.stream({
        kind: 'test',
        framework: suite.framework,
        phase: 'baseline',
        status: known.status === 'no_tests' ? 'not_run' : known.status,
        message: `${known.message} (From an earlier run of the same tree.)`,
        totals: known.totals,
        sandbox: known.sandbox,
      });
      return known;
    }
    context.log(`${suite.id}: baseline, on ${trees.baseTree.slice(0, 12)}`);
    const result = await runSuite({
      ...this.call(suite, trees.base, dependencies, 'baseline'),
      coverage,
      onResult: (one) => this.stream(one),
    });
    if (!context.signal.aborted) await baselines.put(key, result);
    return result;
  }

  /** The suite on the change: affected tests first, and what failed once more. */
  private async after(
    suite: TestSuite,
    coverage: boolean,
    baseline: SuiteResult,
  ): Promise<{ after: SuiteResult; flaky: Set<string> }> {
    const { context, trees } = this.options;
    const dependencies = await this.dependencies(suite, trees.head);
    const failedBefore = new Set(baseline.cases.filter(isFailure).map((test) => caseKey(test)));
    const first = this.affected(suite);
    if (first.length > 0) context.log(`${suite.id}: affected tests first: ${listed(first)}`);
    const call = this.call(suite, trees.head, dependencies, 'after');
    let closing: TestResult | undefined;
    const after = await runSuite({
      ...call,
      coverage,
      first,
      onResult: (result) => {
        // The closing result comes last, so it waits for the second look.
        if (result.totals !== undefined) closing = result;
        else this.stream(judged(result, failedBefore));
      },
    });
    let flaky = new Set<string>();
    if (after.status === 'failed' && !context.signal.aborted) {
      const second = await lookAgain(call, after);
      flaky = second.flaky;
      context.log(second.message);
      for (const test of after.cases.filter((one) => isFailure(one) && flaky.has(caseKey(one)))) {
        this.stream({
          kind: 'test',
          framework: suite.framework,
          phase: 'after',
          status: 'passed',
          name: test.name,
          ...(test.file === undefined ? {} : { file: test.file }),
          change: 'flaky',
          message: 'Failed, and passed when it was run again alone.',
        });
      }
    }
    if (closing !== undefined) this.stream(closing);
    return { after, flaky };
  }

  /** Test files that the graph says depend on what changes, in this suite's folder. */
  private affected(suite: TestSuite): string[] {
    const prefix = suite.cwd === '.' ? '' : `${suite.cwd}/`;
    const tests = this.options.context.run.context.impact?.affected_tests ?? [];
    const own = [...this.options.changed.keys()].filter((path) => /test|spec/i.test(path));
    return [...new Set([...own, ...tests])].filter((path) => path.startsWith(prefix)).slice(0, 200);
  }

  private call(
    suite: TestSuite,
    workspace: string,
    dependencies: PreparedDependencies,
    phase: 'baseline' | 'after',
  ): RunSuiteOptions {
    const { context, driver } = this.options;
    return {
      suite,
      workspace,
      driver,
      id: context.run.id,
      dependencies,
      phase,
      limits: this.limits(),
      signal: context.signal,
      onLog: (line) => context.log(line, 'debug', suite.framework),
      room: () => context.room(),
    };
  }

  private stream(data: TestResult): void {
    this.options.context.stream({ type: 'test_result', data });
  }

  limits(): SandboxLimits {
    const { sandbox, tests } = this.options.config;
    return {
      timeoutMs: tests.timeoutSeconds * 1_000,
      memoryMb: sandbox.memoryMb,
      cpus: sandbox.cpus,
      pids: sandbox.pids,
      diskMb: sandbox.diskMb,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    };
  }
}

/** Says of a result after the change whether it is new, fixed or known. */
function judged(result: TestResult, failedBefore: ReadonlySet<string>): TestResult {
  const before = failedBefore.has(caseKey(result));
  if (isFailure(result)) return { ...result, change: before ? 'known' : 'new' };
  return before && result.status === 'passed' ? { ...result, change: 'fixed' } : result;
}
