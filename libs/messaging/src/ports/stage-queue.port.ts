import type { StageJob, WorkerApp } from '@hil/contracts';
import type { Queue } from 'bullmq';

/**
 * Does one job. It may be called again with the same job (the queue delivers at least once), so
 * the run's row decides whether anything is left to do. When `signal` aborts, stop soon: the
 * consumer is closing. It does not abort when the queue takes the worker for dead: who may go on
 * is decided by the lease in the run's row, and a lost queue must not cost the work.
 */
export type StageJobHandler = (
  job: StageJob,
  signal: AbortSignal,
  context: { jobId: string },
) => Promise<void>;

export interface ConsumeOptions {
  /** How many jobs this consumer works on at once. */
  concurrency: number;
  /** A worker that is silent this long loses its job to another one, in ms. Default 5 000. */
  lockMs?: number;
  /** How long `close()` waits for running jobs before it aborts them, in ms. Default 10 000. */
  drainMs?: number;
}

/** A running consumer of one app's queue. */
export interface StageConsumer {
  /**
   * Stops taking jobs at once, waits up to `drainMs` for running ones, then aborts their signals
   * and hands them back to the queue. Idempotent.
   */
  close(): Promise<void>;
}

/** How many jobs of one app are in which condition. */
export interface QueueCounts {
  waiting: number;
  active: number;
  failed: number;
  completed: number;
}

/**
 * Brings stage jobs from whoever advanced a run to a worker of the right app. It is transport
 * only: everything in it may be lost, and the reconciler sends it again from the run's row.
 */
export interface StageQueue {
  /**
   * Queues a job. `jobId` is `run-version-dispatch`, unique per dispatch and without a colon; a
   * second add under an id the queue still knows does nothing.
   * @throws HilError `service_unavailable` when the backend does not answer in time.
   */
  add(app: WorkerApp, job: StageJob, jobId: string): Promise<void>;
  consume(
    app: WorkerApp,
    handler: StageJobHandler,
    options: ConsumeOptions,
  ): Promise<StageConsumer>;
  /** True when some process is connected as consumer of this app's queue. */
  hasConsumers(app: WorkerApp): Promise<boolean>;
  counts(): Promise<Record<WorkerApp, QueueCounts>>;
  /** The BullMQ queues behind this port, for Bull Board. */
  bullQueues(): Queue[];
  /** Resolves when the backend answers; rejects with `service_unavailable` within about 2 s. */
  ping(): Promise<void>;
  /** Closes consumers (draining) and connections. Idempotent. */
  close(): Promise<void>;
}
