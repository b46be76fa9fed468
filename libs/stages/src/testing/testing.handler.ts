import { type StageJob, type TestSummary } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import {
  imageForRepository,
  ProcessDriver,
  type SandboxDriver,
  selectSandbox,
  unsandboxedProblem,
} from '@hil/sandbox';
import { detectTestSuites } from '@hil/test-execution';
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
import { withTestTrees } from './test-trees.js';
import { type SuiteComparison, SuiteRunner } from './suite-runner.js';
import { noTests, summarise, testsNotRun } from './test-summary.js';

/** Runs the repository's own tests on the base and on the change, and tells what the change did to them. */
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
    const { unsandboxed } = context.run.context;
    if (unsandboxed === 'refused') {
      return finished(testsNotRun('not run: no sandbox, and running without one was refused'));
    }
    return withTestTrees(this.services, context, async ({ base, head, cache }) => {
      const suites = await detectTestSuites(head, projectOption(context));
      if (suites.length === 0) {
        context.stream({
          type: 'test_result',
          data: {
            kind: 'test',
            framework: 'none',
            phase: 'after',
            status: 'not_run',
            message: 'no tests found',
          },
        });
        return finished(noTests());
      }
      for (const { id, reason } of suites) context.log(`found ${id}: ${reason}`);
      const driver = await this.driver(context, head);
      if ('notRun' in driver) return finished(testsNotRun(driver.notRun));
      if ('question' in driver)
        return { event: { type: 'sandbox_missing', message: driver.question } };
      const runner = new SuiteRunner(this.services.config, context, driver, cache);
      const compared: SuiteComparison[] = [];
      for (const suite of suites) compared.push(await runner.compare(suite, base, head));
      context.signal.throwIfAborted();
      return finished(summarise(compared));
    });
  }

  /** The driver to use, or a question to the person, or why the tests can't run at all. */
  private async driver(
    context: StageContext,
    tree: string,
  ): Promise<SandboxDriver | { question: string } | { notRun: string }> {
    const { sandbox } = this.services.config;
    const { image, reason } = await imageForRepository(tree, sandbox);
    const { driver, tried } = await selectSandbox({ ...sandbox, mode: sandbox.driver, image });
    if (driver !== null) {
      const inside = driver.name === 'docker' ? `, image ${image} (${reason})` : '';
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
    return { question };
  }
}

function projectOption(context: StageContext): { projectPath?: string } {
  const { project_path } = context.run.request;
  return project_path === undefined ? {} : { projectPath: project_path };
}

/** Whether there is something to repair with, the editor knows. */
function finished(tests: TestSummary): StageResult {
  return { event: { type: 'tests_finished', tests, repairable: true } };
}
