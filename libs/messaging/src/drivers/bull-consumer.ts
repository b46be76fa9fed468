import { stageJobSchema, type WorkerApp } from '@hil/contracts';
import { WaitingError, Worker, type IQueueBackend, type Job, type JobProgress } from 'bullmq';
import type { MessagingLog } from '../ports/log.port.js';
import type { ConsumeOptions, StageConsumer, StageJobHandler } from '../ports/stage-queue.port.js';
import type { BullBackend } from './bull-backend.js';
import { settles } from './in-time.js';

const DRAIN_MS = 10_000;
/** How long a job may take to notice that it was aborted. */
const ABORT_GRACE_MS = 5_000;

/** With it a killed worker's job is with another one after 4 to 7 s: the lock and one or two checks. */
const LOCK_MS = 5_000;

type BullWorker<B extends IQueueBackend, C> = Worker<unknown, void, string, B, JobProgress, C>;

/** One BullMQ worker and what it takes to close it politely. */
export class BullConsumer<B extends IQueueBackend, C> implements StageConsumer {
  private readonly worker: BullWorker<B, C>;
  private readonly aborts = new Set<AbortController>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly app: WorkerApp,
    private readonly handler: StageJobHandler,
    private readonly options: ConsumeOptions,
    backend: BullBackend<B, C>,
    private readonly log: MessagingLog,
    private readonly closed: () => void,
  ) {
    this.worker = new Worker(
      app,
      (job, token) => this.process(job, token),
      {
        connection: backend.connection,
        prefix: backend.prefix,
        concurrency: options.concurrency,
        // Attempts are counted in the run's row; the default of 1 fails a job for good at the
        // second kill of its worker.
        maxStalledCount: 1_000_000,
        lockDuration: options.lockMs ?? LOCK_MS,
        stalledInterval: (options.lockMs ?? LOCK_MS) / 2,
        runRetryDelay: 1_000,
      },
      backend.factory,
    );
    this.worker.on('error', (error) => {
      if (this.closing === undefined) log.warn({ err: error, queue: app }, 'queue worker');
    });
  }

  async ready(): Promise<void> {
    await this.worker.waitUntilReady();
  }

  private async process(job: Job, token: string | undefined): Promise<void> {
    const parsed = stageJobSchema.safeParse(job.data);
    const jobId = job.id ?? '';
    if (!parsed.success) {
      this.log.error(
        { jobId, queue: this.app, err: parsed.error },
        'dropped a job of unknown shape',
      );
      return;
    }
    const abort = new AbortController();
    this.aborts.add(abort);
    try {
      await this.handler(parsed.data, abort.signal, { jobId });
    } catch (error) {
      if (abort.signal.aborted) {
        // Given back, so another worker has it at once and not only when its lease is over.
        await job.moveToWait(token);
        throw new WaitingError();
      }
      this.log.error({ err: error, jobId, queue: this.app }, 'a stage job failed');
      throw error instanceof Error ? error : new Error(String(error));
    } finally {
      this.aborts.delete(abort);
    }
  }

  close(): Promise<void> {
    this.closing ??= this.drain().finally(() => this.closed());
    return this.closing;
  }

  private async drain(): Promise<void> {
    // Stops fetching now and resolves when running jobs are done.
    const finished = this.worker.close().catch((error: unknown) => {
      this.log.warn({ err: error, queue: this.app }, 'closing a queue worker');
    });
    if (await settles(finished, this.options.drainMs ?? DRAIN_MS)) return;
    for (const abort of this.aborts) abort.abort(new Error('The worker is shutting down.'));
    if (await settles(finished, ABORT_GRACE_MS)) return;
    // Its lock runs out, and the queue gives the job to another worker.
    this.log.warn({ queue: this.app, jobs: this.aborts.size }, 'left jobs that do not stop');
  }
}
