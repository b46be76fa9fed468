import { join } from 'node:path';
import { type StageJob, type TestFailure, type TestResult, type TestSummary } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import {
  imageForRepository,
  ProcessDriver,
  type SandboxDriver,
  selectSandbox,
  unsandboxedProblem,
} from '@hil/sandbox';
import {
  BaselineCache,
  type Check,
  type TestSuite,
  describeFailures,
  detectChecks,
  detectTestSuites,
} from '@hil/test-execution';
import {
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { listed } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { unheard } from '../shared/unheard.js';
import { withTestTrees } from './test-trees.js';
import { changedLines } from './changed-lines.js';
import { notRunResult, notRunSummary } from './check-not-run.js';
import { CheckRunner } from './check-runner.js';
import { type SuiteComparison, SuiteRunner, type SuiteRunnerOptions } from './suite-runner.js';
import { noTests, summarise, testsNotRun, suitesBroken } from './test-summary.js';

/** Failures handed over in detail. */
const MAX_FAILURES = 10;
/** Of what a suite that broke as a whole printed last, in characters. */
const MAX_SUITE_MESSAGE = 2_000;

const NO_TESTS: TestResult = {
  kind: 'test',
  framework: 'none',
  phase: 'after',
  status: 'not_run',
  message: 'no tests found',
};

/** Runs the repository's own tests, linters and type checks on the base and on the change, and tells what the change did to them. */
@Controller()
export class TestingHandler implements StageHandler {
  readonly stage = 'testing';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('testing')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const result = await this.test(context);
    const { event } = result;
    if (event.type !== 'tests_finished') return result;
    const said = await unheard(this.services, context);
    return said.length === 0 ? result : { ...result, event: { ...event, unheard: true } };
  }

  private async test(context: StageContext): Promise<StageResult> {
    const { unsandboxed } = context.run.context;
    if (unsandboxed === 'refused') {
      return finished(testsNotRun('not run: no sandbox, and running without one was refused'));
    }
    const changed = await changedLines(this.services, context);
    return withTestTrees(this.services, context, async (trees) => {
      const project = projectOption(context);
      const checks = await detectChecks(trees.head, {
        ...project,
        changedFiles: [...changed.keys()],
      });
      const tested = (await detectTestSuites(trees.head, project)).length > 0;
      if (!tested) context.stream({ type: 'test_result', data: NO_TESTS });
      if (!tested && checks.length === 0) return finished(noTests());
      const driver = await this.driver(context, trees.head);
      if ('notRun' in driver) {
        // A person is asked for the sake of tests, not of linters.
        if (!tested) return finished(noneRan(context, checks, driver.notRun));
        if (driver.question === undefined) return finished(testsNotRun(driver.notRun));
        return { event: { type: 'sandbox_missing', message: driver.question } };
      }
      // Once more: which toolchains there are depends on where the tests will run.
      const suites = await detectTestSuites(trees.head, { ...project, driver });
      for (const { id, reason } of suites) context.log(`found ${id}: ${reason}`);
      const { config } = this.services;
      const baselines = new BaselineCache(join(config.dataDir, 'baselines'));
      const options = { config, context, driver, trees, baselines, changed };
      return finished(await testAll(options, suites, checks));
    });
  }

  /** The driver to use, or why nothing can run and what to ask the person who may change that. */
  private async driver(
    context: StageContext,
    tree: string,
  ): Promise<SandboxDriver | { notRun: string; question?: string }> {
    const { sandbox } = this.services.config;
    const { image, reason } = await imageForRepository(tree, sandbox);
    const { driver, tried } = await selectSandbox({ ...sandbox, mode: sandbox.driver, image });
    if (driver !== null) {
      const inside = driver.name === 'docker' ? `, image ${image} (${reason})` : '';
      for (const { name, available, reason: why } of tried)
        if (!available) context.log(`${name} is not used: ${why ?? 'not available'}`);
      context.log(`sandbox: ${driver.name}${inside}`);
      return driver;
    }
    const reasons = tried.map(({ name, reason: why }) => `${name}: ${why ?? 'not available'}`);
    const none = `No sandbox is available here (${listed(reasons)})`;
    const problem = await unsandboxedProblem(sandbox.require);
    if (problem !== null) return { notRun: `not run: ${none}, and ${problem}` };
    if (context.run.context.unsandboxed === 'approved') {
      context.log('running without a sandbox, as a person approved', 'warning');
      return new ProcessDriver();
    }
    const question = `${none}. May the repository's tests run without one, with the rights of this server?`;
    return { notRun: `not run: ${none}`, question };
  }
}

/** What a repository with linters and without tests ends with where no sandbox is to be had. */
function noneRan(context: StageContext, checks: readonly Check[], reason: string): TestSummary {
  for (const check of checks)
    context.stream({ type: 'test_result', data: notRunResult(check, reason) });
  return { ...noTests(), checks: checks.map((check) => notRunSummary(check, reason)) };
}

/** Every suite on base and head, then the linters and type checkers. */
async function testAll(
  options: SuiteRunnerOptions,
  suites: readonly TestSuite[],
  found: readonly Check[],
): Promise<TestSummary> {
  const { context, trees, changed } = options;
  const runner = new SuiteRunner(options);
  const compared: SuiteComparison[] = [];
  for (const suite of suites) compared.push(await runner.compare(suite));
  const checks = await new CheckRunner(options, runner).compareAll(found, suites);
  context.signal.throwIfAborted();
  const failures: TestFailure[] = [];
  for (const { suite, comparison } of compared) {
    const place = {
      workspace: trees.head,
      framework: suite.framework,
      changedFiles: [...changed.keys()],
    };
    failures.push(...(await describeFailures(comparison.newFailures, place)));
  }
  for (const { suite, after } of suitesBroken(compared)) {
    const { framework, id: name } = suite;
    const message = after.message.slice(-MAX_SUITE_MESSAGE);
    failures.push({ kind: 'test', framework, name, message, frames: [], excerpts: [] });
  }
  failures.push(...checks.flatMap((check) => check.failures));
  const summary = summarise(compared);
  return {
    ...summary,
    ...(failures.length === 0 ? {} : { failures: failures.slice(0, MAX_FAILURES) }),
    ...(checks.length === 0 ? {} : { checks: checks.map((check) => check.summary) }),
  };
}

function projectOption(context: StageContext): { projectPath?: string } {
  const { project_path } = context.run.request;
  return project_path === undefined ? {} : { projectPath: project_path };
}

/** Whether there is something to repair with, the editor knows. */
function finished(tests: TestSummary): StageResult {
  return { event: { type: 'tests_finished', tests, repairable: true } };
}
