import { WORKER_APPS, type StageJob, type WorkerApp } from '@hil/contracts';
import { Queue, type IQueueBackend } from 'bullmq';
import type { MessagingLog } from '../ports/log.port.js';
import type {
  ConsumeOptions,
  QueueCounts,
  StageConsumer,
  StageJobHandler,
  StageQueue,
} from '../ports/stage-queue.port.js';
import type { BullBackend } from './bull-backend.js';
import { BullConsumer } from './bull-consumer.js';
import { inTime, settles } from './in-time.js';

const ADD_LIMIT_MS = 5_000;
const PING_LIMIT_MS = 2_000;
const CLOSE_LIMIT_MS = 5_000;

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

/** A queue that is closed while it opens would leave its connection behind. */
async function closeQueue(queue: {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}): Promise<void> {
  await queue.waitUntilReady().catch(() => undefined);
  await queue.close().catch(() => undefined);
}
