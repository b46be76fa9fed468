import { type StageJob, type TestSummary } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import { ProcessDriver, type SandboxDriver, selectSandbox } from '@hil/sandbox';
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
      const driver = await this.driver(context);
      if (typeof driver === 'string')
        return { event: { type: 'sandbox_missing', message: driver } };
      const runner = new SuiteRunner(this.services.config, context, driver, cache);
      const compared: SuiteComparison[] = [];
      for (const suite of suites) compared.push(await runner.compare(suite, base, head));
      context.signal.throwIfAborted();
      return finished(summarise(compared));
    });
  }

  /** The driver to use, or why none can be had, as a question to the person. */
  private async driver(context: StageContext): Promise<SandboxDriver | string> {
    const { driver, tried } = await selectSandbox({ mode: this.services.config.sandbox.driver });
    if (driver !== null) {
      context.log(`sandbox: ${driver.name}`);
      return driver;
    }
    if (context.run.context.unsandboxed === 'approved') {
      context.log('running without a sandbox, as a person approved', 'warning');
      return new ProcessDriver();
    }
    const reasons = tried.map(({ name, reason }) => `${name}: ${reason ?? 'not available'}`);
    return `No sandbox is available here (${listed(reasons)}). May the repository's tests run without one, with the rights of this server?`;
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
