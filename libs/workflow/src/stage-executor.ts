import { randomUUID } from 'node:crypto';
import type { Stage, StageJob } from '@hil/contracts';
import { LogGate } from './log-gate.js';
import type { RunSignals, WorkflowLog } from './run-signals.js';
import type { RunStorage } from './run-storage.port.js';
import { StageAttempt, type StageExecutorOptions, type StopReason } from './stage-attempt.js';
import type { StageHandler } from './stage-handler.js';
import { STORAGE_AWAY_MS, whenStorageAnswers } from './storage-patience.js';

/** Hears how long stages wait and work; metrics fit. */
export interface StageObserver {
  /** From the dispatch of a job until a worker had its lease, in seconds. */
  stageWaited(stage: Stage, seconds: number): void;
  /** From the lease to the commit, or to what ended the attempt instead, in seconds. */
  stageEnded(stage: Stage, end: 'done' | 'failed' | StopReason, seconds: number): void;
}

/** Of all runs of a process; more would only make decisions wait for the database. */
const LOG_WRITES_AT_ONCE = 2;

/**
 * Does one job: takes the lease, runs the stage's handler under heartbeat, and commits what came of it.
 * Safe to call with the same job any number of times, in any number of processes at once.
 */
export class StageExecutor {
  /** Names this process in leases. */
  readonly owner = randomUUID();
  private readonly running = new Map<string, Set<(reason: StopReason) => void>>();
  private readonly logGate = new LogGate(LOG_WRITES_AT_ONCE);

  constructor(
    private readonly storage: RunStorage,
    private readonly signals: RunSignals,
    private readonly options: StageExecutorOptions,
    private readonly log: WorkflowLog,
    private readonly observer?: StageObserver,
  ) {}

  /** Listens for cancels of runs that this process works on. Answers the way to stop listening. */
  listen(): Promise<() => Promise<void>> {
    return this.signals.onCancel((runId) => {
      for (const stop of this.running.get(runId) ?? []) stop('cancelled');
    });
  }

  async execute(job: StageJob, handler: StageHandler, queueSignal: AbortSignal): Promise<void> {
    // Asked twice it answers null the second time: then the lease runs out and the run is sent again.
    const run = await whenStorageAnswers(
      () => this.storage.claim(job, this.owner, this.options.leaseMs),
      STORAGE_AWAY_MS,
      queueSignal,
    );
    if (run === null) return;
    const begun = performance.now();
    if (run.dispatchedAt != null) {
      // Clocks of two hosts: a wait is never negative.
      const waited = Math.max(0, Date.now() - run.dispatchedAt.getTime());
      this.observer?.stageWaited(run.stage, waited / 1_000);
    }
    const { storage, signals, options, log, logGate } = this;
    const attempt = new StageAttempt(run, storage, signals, options, log, logGate);
    const stops = this.running.get(run.id) ?? new Set();
    this.running.set(run.id, stops.add(attempt.stop));
    const onQueueAbort = (): void => attempt.stop('shutdown');
    if (queueSignal.aborted) onQueueAbort();
    queueSignal.addEventListener('abort', onQueueAbort);
    try {
      const end = await attempt.work(handler);
      this.observer?.stageEnded(run.stage, end, (performance.now() - begun) / 1_000);
    } finally {
      queueSignal.removeEventListener('abort', onQueueAbort);
      stops.delete(attempt.stop);
      if (stops.size === 0) this.running.delete(run.id);
    }
  }
}
