import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { StageJob, WorkerApp } from '@hil/contracts';
import { Controller, Module, type INestMicroservice, type Type } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Peers, until, type BackendUnderTest } from '../conformance/backend-under-test.js';
import { redisInstalled, startRedisServer } from '../conformance/redis-server.js';
import type { StageJobContext } from './stage-job.context.js';
import { StageQueueServer } from './stage-queue.server.js';

const handled: { stage: string; runId: string; jobId: string; aborted: boolean }[] = [];

@Controller()
class TestRunnerStages {
  @MessagePattern('testing')
  async testing(@Payload() job: StageJob, @Ctx() context: StageJobContext): Promise<void> {
    await new Promise((done) => setTimeout(done, 200));
    this.note('testing', job, context);
  }

  @MessagePattern('verification')
  verification(@Payload() job: StageJob, @Ctx() context: StageJobContext): void {
    this.note('verification', job, context);
  }

  private note(stage: string, { runId }: StageJob, { jobId, signal }: StageJobContext): void {
    handled.push({ stage, runId, jobId, aborted: signal.aborted });
  }
}

@Controller()
class SecondVerification {
  @MessagePattern('verification')
  verification(): void {
    // Never reached: two handlers of one stage are refused at boot.
  }
}

@Controller()
class UnknownStage {
  @MessagePattern('deployment')
  deployment(): void {
    // Never reached: there is no such stage.
  }
}

const suite = redisInstalled || process.env.HIL_REQUIRE_ALL === '1' ? describe : describe.skip;

suite('StageQueueServer (needs a redis-server)', () => {
  let backend: BackendUnderTest;
  let peers: Peers;
  let app: INestMicroservice | undefined;

  beforeAll(async () => {
    backend = await startRedisServer();
  });
  beforeEach(() => {
    peers = new Peers(backend);
    handled.length = 0;
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await peers.closeAll();
  });
  afterAll(() => backend.close());

  /** Boots a Nest microservice as the worker apps do. */
  async function boot(apps: WorkerApp[], ...controllers: Type[]): Promise<Peers> {
    class WorkerModule {}
    Module({ controllers })(WorkerModule);
    const { queue } = await peers.open();
    const module = await Test.createTestingModule({ imports: [WorkerModule] }).compile();
    app = module.createNestMicroservice({
      strategy: new StageQueueServer({ queue, apps, concurrency: 2 }),
      logger: false,
    });
    await app.listen();
    return peers;
  }

  it('hands each job to the handler of its stage, with id and signal', async () => {
    await boot(['test-runner'], TestRunnerStages);
    const { queue } = await peers.open();
    const jobs = (['testing', 'verification'] as const).map((stage): StageJob => ({
      runId: randomUUID(),
      stage,
      version: 1,
    }));
    for (const job of jobs) await queue.add('test-runner', job, `${job.runId}-1-1`);
    await until(() => handled.length === 2);
    expect(handled).toEqual(
      expect.arrayContaining(
        jobs.map(({ runId, stage }) => ({ stage, runId, jobId: `${runId}-1-1`, aborted: false })),
      ),
    );
  });

  it('finishes running jobs before it is closed', async () => {
    await boot(['test-runner'], TestRunnerStages);
    const { queue } = await peers.open();
    const job: StageJob = { runId: randomUUID(), stage: 'testing', version: 1 };
    await queue.add('test-runner', job, `${job.runId}-1-1`);
    await until(async () => (await queue.counts())['test-runner'].active === 1);
    await app?.close();
    app = undefined;
    expect(handled.map(({ runId }) => runId)).toEqual([job.runId]);
    expect((await queue.counts())['test-runner']).toMatchObject({ active: 0, failed: 0 });
  });

  it('refuses to boot when a stage of its app has no handler', async () => {
    await expect(boot(['test-runner', 'pr-worker'], TestRunnerStages)).rejects.toThrow(
      "Can't serve test-runner, pr-worker: no handler for pr_creation.",
    );
  });

  it('refuses to boot when a handler is bound to something that is no stage of its app', async () => {
    await expect(boot(['test-runner'], TestRunnerStages, UnknownStage)).rejects.toThrow(
      'unknown stage deployment',
    );
  });

  it('refuses to boot when a stage has two handlers', async () => {
    await expect(boot(['test-runner'], TestRunnerStages, SecondVerification)).rejects.toThrow(
      'two handlers for verification',
    );
  });
});
