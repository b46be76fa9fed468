import 'reflect-metadata';
import type { WorkerApp } from '@hil/contracts';
import { StageQueueServer } from '@hil/messaging';
import { warmUp } from '@hil/stages';
import { NestFactory } from '@nestjs/core';
import type { Runtime } from './create-runtime.js';
import { nestLogger } from './nest-logger.js';
import { StagesModule } from './stages.module.js';

/** How long a stopping worker lets its stages go on before it hands them over, in ms. */
const DRAIN_MS = 3_000;

/** Stages of these apps read source files. */
const READS_SOURCES: ReadonlySet<WorkerApp> = new Set(['planner', 'editor']);
/** How long after the start the parser is warmed up, in ms: by then the process answers. */
const IDLE_MS = 2_000;

/**
 * Consumes the queues of the given apps in this process, as a Nest microservice.
 * @returns the way to stop: running stages get a moment to end, then go to another worker
 */
export async function serveStages(
  runtime: Runtime,
  apps: readonly WorkerApp[],
): Promise<() => Promise<void>> {
  const server = await NestFactory.createMicroservice(StagesModule.for(apps, runtime), {
    strategy: new StageQueueServer({
      queue: runtime.queue,
      apps,
      concurrency: runtime.config.queue.concurrency,
      lockMs: runtime.config.queue.lockSeconds * 1_000,
      drainMs: DRAIN_MS,
    }),
    logger: nestLogger(runtime.logger),
  });
  const stopListening = await runtime.executor.listen();
  await server.listen();
  runtime.reconciler.start();
  runtime.reaper.start();
  // It has the forges' credentials; one such process among several gets each pull request.
  if (apps.includes('pr-worker')) runtime.followUps.start();
  const idle = setTimeout(() => {
    if (apps.some((app) => READS_SOURCES.has(app)))
      warmUp().catch((err: unknown) =>
        runtime.logger.warn({ err }, 'the parser was not warmed up'),
      );
  }, IDLE_MS).unref();
  return async () => {
    clearTimeout(idle);
    await server.close();
    await stopListening();
  };
}
