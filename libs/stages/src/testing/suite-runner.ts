import type { Config } from '@hil/config';
import type { TestResult } from '@hil/contracts';
import type { SandboxDriver, SandboxLimits } from '@hil/sandbox';
import {
  type RunComparison,
  type SuiteResult,
  type TestSuite,
  compareRuns,
  prepareDependencies,
  runSuite,
} from '@hil/test-execution';
import type { StageContext } from '@hil/workflow';

/** Output of the test process beyond this is not kept. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** One suite on base and head. */
export interface SuiteComparison {
  suite: TestSuite;
  baseline: SuiteResult;
  after: SuiteResult;
  comparison: RunComparison;
}

/** Runs suites in the sandbox and streams what they report. */
export class SuiteRunner {
  constructor(
    private readonly config: Config,
    private readonly context: StageContext,
    private readonly driver: SandboxDriver,
    private readonly cacheDir: string,
  ) {}

  async compare(suite: TestSuite, base: string, head: string): Promise<SuiteComparison> {
    const baseline = await this.run(suite, base, 'baseline', null);
    this.context.signal.throwIfAborted();
    const after = await this.run(suite, head, 'after', baseline);
    this.context.signal.throwIfAborted();
    return { suite, baseline, after, comparison: compareRuns(baseline, after) };
  }

  private async run(
    suite: TestSuite,
    workspace: string,
    phase: 'baseline' | 'after',
    baseline: SuiteResult | null,
  ): Promise<SuiteResult> {
    const { signal } = this.context;
    const failedBefore = new Set(
      (baseline?.cases ?? [])
        .filter(({ status }) => status === 'failed' || status === 'error')
        .map(keyOf),
    );
    const onLog = (line: string): void => this.context.log(line, 'debug', suite.framework);
    this.context.log(`${suite.id}: preparing the ${phase} run`);
    const dependencies = await prepareDependencies({
      suite,
      workspace,
      driver: this.driver,
      cacheDir: this.cacheDir,
      limits: { ...this.limits(), timeoutMs: this.config.tests.timeoutSeconds * 2_000 },
      signal,
      onLog,
    });
    signal.throwIfAborted();
    if (dependencies.status !== 'nothing_to_install') {
      this.context.log(
        `${suite.id}: dependencies ${dependencies.reused ? 'reused' : dependencies.status}: ${dependencies.message}`,
      );
    }
    return runSuite({
      suite,
      workspace,
      driver: this.driver,
      dependencies,
      phase,
      limits: this.limits(),
      signal,
      onResult: (result) =>
        this.context.stream({
          type: 'test_result',
          data: this.judged(result, phase, failedBefore),
        }),
      onLog,
    });
  }

  /** Says of a result after the change whether it is new, fixed or known. */
  private judged(
    result: TestResult,
    phase: 'baseline' | 'after',
    failedBefore: ReadonlySet<string>,
  ): TestResult {
    if (phase === 'baseline' || result.totals !== undefined) return result;
    const before = failedBefore.has(keyOf(result));
    if (result.status === 'failed' || result.status === 'error')
      return { ...result, change: before ? 'known' : 'new' };
    return before && result.status === 'passed' ? { ...result, change: 'fixed' } : result;
  }

  private limits(): SandboxLimits {
    const { sandbox, tests } = this.config;
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

function keyOf({ file, name }: { file?: string | undefined; name?: string | undefined }): string {
  return JSON.stringify([file ?? null, name ?? null]);
}
