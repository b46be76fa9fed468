import { WORKER_APPS, stageJobSchema, type StageJob, type WorkerApp } from '@hil/contracts';
import {
  Queue,
  WaitingError,
  Worker,
  type BackendFactory,
  type IQueueBackend,
  type Job,
  type JobProgress,
} from 'bullmq';
import type { MessagingLog } from '../ports/log.port.js';
import type {
  ConsumeOptions,
  QueueCounts,
  StageConsumer,
  StageJobHandler,
  StageQueue,
} from '../ports/stage-queue.port.js';
import { inTime } from './in-time.js';

const ADD_LIMIT_MS = 5_000;
const PING_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 5_000;
const DRAIN_MS = 10_000;
/** How long a job may take to notice that it was aborted. */
const ABORT_GRACE_MS = 5_000;

/** With it a killed worker's job is with another one after 4 to 7 s: the lock and one or two checks. */
const LOCK_MS = 5_000;

/** What differs between the backends. */
export interface BullBackend<B extends IQueueBackend, C> {
  /** For error messages: "Redis", "PostgreSQL". */
  name: string;
  factory: BackendFactory<B, C>;
  /** Handed to every queue and worker; connections behind it are shared. */
  connection: C;
  /** Key prefix; Redis only. */
  prefix: string;
  ping(): Promise<unknown>;
  close(): Promise<void>;
}

type BullQueue<B extends IQueueBackend, C> = Queue<
  StageJob,
  void,
  string,
  StageJob,
  void,
  string,
  B,
  C
>;
type BullWorker<B extends IQueueBackend, C> = Worker<unknown, void, string, B, JobProgress, C>;

/** {@link StageQueue} on BullMQ, whatever its backend: one queue an app, named like it. */
export class BullStageQueue<B extends IQueueBackend, C> implements StageQueue {
  private readonly queues: Record<WorkerApp, BullQueue<B, C>>;
  private readonly consumers = new Set<BullConsumer<B, C>>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly backend: BullBackend<B, C>,
    private readonly log: MessagingLog,
  ) {
    const open = (app: WorkerApp): BullQueue<B, C> => {
      const queue = new Queue(
        app,
        {
          connection: backend.connection,
          prefix: backend.prefix,
          defaultJobOptions: {
            // Kept for Bull Board only; every dispatch has a new id, so none swallows a re-add.
            removeOnComplete: { count: 500 },
            removeOnFail: { count: 500 },
            // A failed attempt is counted in the run's row and sent again by the reconciler.
            attempts: 1,
          },
        },
        backend.factory,
      );
      queue.on('error', (error) => {
        if (this.closing === undefined) log.warn({ err: error, queue: app }, 'queue connection');
      });
      return queue;
    };
    this.queues = {
      planner: open('planner'),
      editor: open('editor'),
      'test-runner': open('test-runner'),
      'pr-worker': open('pr-worker'),
    };
  }

  async add(app: WorkerApp, job: StageJob, jobId: string): Promise<void> {
    await this.answer(this.queues[app].add(job.stage, job, { jobId }), ADD_LIMIT_MS);
  }

  async consume(
    app: WorkerApp,
    handler: StageJobHandler,
    options: ConsumeOptions,
  ): Promise<StageConsumer> {
    const { backend, log } = this;
    const consumer = new BullConsumer(app, handler, options, backend, log, () =>
      this.consumers.delete(consumer),
    );
    this.consumers.add(consumer);
    await consumer.ready();
    return consumer;
  }

  async hasConsumers(app: WorkerApp): Promise<boolean> {
    return (await this.answer(this.queues[app].getWorkersCount(), PING_LIMIT_MS)) > 0;
  }

  async counts(): Promise<Record<WorkerApp, QueueCounts>> {
    const one = async (app: WorkerApp): Promise<[WorkerApp, QueueCounts]> => {
      const counts = await this.queues[app].getJobCounts('wait', 'active', 'failed', 'completed');
      const { wait = 0, active = 0, failed = 0, completed = 0 } = counts;
      return [app, { waiting: wait, active, failed, completed }];
    };
    const entries = await this.answer(Promise.all(WORKER_APPS.map(one)), PING_LIMIT_MS);
    const found = new Map(entries);
    const none = { waiting: 0, active: 0, failed: 0, completed: 0 };
    return {
      planner: found.get('planner') ?? none,
      editor: found.get('editor') ?? none,
      'test-runner': found.get('test-runner') ?? none,
      'pr-worker': found.get('pr-worker') ?? none,
    };
  }

  bullQueues(): Queue[] {
    // Bull Board's types know queues on Redis only; it runs on every backend.
    return this.list() as unknown as Queue[];
  }

  async ping(): Promise<void> {
    await this.answer(this.backend.ping(), PING_LIMIT_MS);
  }

  close(): Promise<void> {
    this.closing ??= (async () => {
      await Promise.all([...this.consumers].map((consumer) => consumer.close()));
      // Bounded: a server that is away must not keep the process from ending.
      await settles(Promise.all(this.list().map(closeQueue)), CLOSE_LIMIT_MS);
      await settles(this.backend.close(), CLOSE_LIMIT_MS);
    })();
    return this.closing;
  }

  private list(): BullQueue<B, C>[] {
    return WORKER_APPS.map((app) => this.queues[app]);
  }

  private answer<T>(work: Promise<T>, limitMs: number): Promise<T> {
    return inTime(work, limitMs, `The queue (${this.backend.name})`);
  }
}

/** One BullMQ worker and what it takes to close it politely. */
class BullConsumer<B extends IQueueBackend, C> implements StageConsumer {
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

/** A queue that is closed while it opens would leave its connection behind. */
async function closeQueue(queue: {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}): Promise<void> {
  await queue.waitUntilReady().catch(() => undefined);
  await queue.close().catch(() => undefined);
}

/** True when the promise settles within the time. */
async function settles(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
