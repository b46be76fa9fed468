import { stagesOf, type StageJob, type WorkerApp } from '@hil/contracts';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { StageConsumer, StageQueue } from '../ports/stage-queue.port.js';
import { StageJobContext } from './stage-job.context.js';

export interface StageQueueServerOptions {
  queue: StageQueue;
  /** The apps whose queues this process consumes: one, or all of them in the standalone shape. */
  apps: readonly WorkerApp[];
  /** Jobs at once, for each app. */
  concurrency: number;
  /** A worker that is silent this long loses its job, in ms. */
  lockMs?: number;
  /** How long closing waits for running jobs before it aborts them, in ms. */
  drainMs?: number;
}

/**
 * Nest transport over the stage queue: each job goes to the handler bound by
 * `@MessagePattern(stage)`. The queue itself stays open when the server closes; it belongs to who
 * made it.
 */
export class StageQueueServer extends Server implements CustomTransportStrategy {
  private readonly twice = new Set<string>();
  private consumers: StageConsumer[] = [];

  constructor(private readonly options: StageQueueServerOptions) {
    super();
  }

  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const before = this.messageHandlers.size;
    super.addHandler(pattern, callback, isEventHandler, extras);
    if (this.messageHandlers.size === before) this.twice.add(String(pattern));
  }

  /** Starts consuming; refuses when stages and handlers are not one to one. */
  async listen(callback: (error?: Error) => void): Promise<void> {
    try {
      this.checkHandlers();
      const { queue, apps, concurrency, lockMs, drainMs } = this.options;
      this.consumers = await Promise.all(
        apps.map((app) =>
          queue.consume(app, (job, signal, { jobId }) => this.handle(job, signal, jobId), {
            concurrency,
            ...(lockMs === undefined ? {} : { lockMs }),
            ...(drainMs === undefined ? {} : { drainMs }),
          }),
        ),
      );
      callback();
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Stops taking jobs, waits for running ones up to `drainMs`, then aborts them. */
  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.close()));
    this.consumers = [];
  }

  on(): void {
    throw new Error('The stage queue has no events to listen to.');
  }

  unwrap<T>(): T {
    throw new Error('There is no client to unwrap: inject the StageQueue instead.');
  }

  private checkHandlers(): void {
    const wanted = new Set<string>(this.options.apps.flatMap((app) => stagesOf(app)));
    const bound = [...this.messageHandlers.keys()];
    const problems = [
      ...[...wanted]
        .filter((stage) => !bound.includes(stage))
        .map((stage) => `no handler for ${stage}`),
      ...bound.filter((stage) => !wanted.has(stage)).map((stage) => `unknown stage ${stage}`),
      ...[...this.twice].map((stage) => `two handlers for ${stage}`),
    ];
    if (problems.length === 0) return;
    throw new Error(`Can't serve ${this.options.apps.join(', ')}: ${problems.join('; ')}.`);
  }

  private async handle(job: StageJob, signal: AbortSignal, jobId: string): Promise<void> {
    const handler = this.messageHandlers.get(job.stage);
    if (handler === undefined)
      throw new Error(`A job of stage ${job.stage} is in the wrong queue.`);
    const answer: unknown = await handler(job, new StageJobContext([signal, jobId]));
    await lastValueFrom(this.transformToObservable(answer), { defaultValue: undefined });
  }
}
