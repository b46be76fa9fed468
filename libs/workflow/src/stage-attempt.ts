import { randomUUID } from 'node:crypto';
import { HilError, type NewUpdate } from '@hil/contracts';
import { failureMessage } from './failure-message.js';
import { LogBatch } from './log-batch.js';
import type { LogGate } from './log-gate.js';
import type { RunEvent } from './run-events.js';
import type { RunSignals, WorkflowLog } from './run-signals.js';
import type { LogEntry, NewArtifact, RunStorage } from './run-storage.port.js';
import type { Lease, Run } from './run.js';
import type { StageContext, StageHandler } from './stage-handler.js';
import { STORAGE_AWAY_MS, whenStorageAnswers } from './storage-patience.js';
import { StorageUnavailableError } from './storage-unavailable.error.js';
import { summaryEntry } from './summary-entry.js';
import { type TransitionOptions, commitFor } from './transition-commit.js';

export interface StageExecutorOptions extends TransitionOptions {
  /** How long a lease lasts without a heartbeat, in ms. */
  leaseMs: number;
  heartbeatMs: number;
  /** Longest one attempt of a stage may take, in ms. */
  stageTimeoutMs: number;
  /** How often a stage may be begun before the run fails. */
  maxAttempts: number;
}

/** Why a stage was stopped from outside. */
export type StopReason = 'cancelled' | 'lease_lost' | 'shutdown' | 'storage_lost' | 'timeout';

/** A process that is to end has less time. */
const SHUTDOWN_STORAGE_AWAY_MS = 4_000;

/** Thrown to a stage that goes on writing after its lease was lost; nothing was written. */
class LeaseLostError extends Error {
  constructor() {
    super('the lease of this run was taken over');
    this.name = 'LeaseLostError';
  }
}

/** One attempt at one stage, from claim to commit. */
export class StageAttempt {
  private readonly abort = new AbortController();
  private reason: StopReason | undefined;
  private readonly lease: Lease;
  private readonly batch: LogBatch;
  private run: Run;

  constructor(
    run: Run,
    private readonly storage: RunStorage,
    private readonly signals: RunSignals,
    private readonly options: StageExecutorOptions,
    private readonly log: WorkflowLog,
    logGate: LogGate,
  ) {
    this.run = run;
    this.lease = {
      runId: run.id,
      sessionId: run.sessionId,
      version: run.version,
      epoch: run.leaseEpoch,
    };
    this.batch = new LogBatch((updates) => this.append(updates), logGate);
  }

  /** Stops the handler; the first reason counts. */
  readonly stop = (reason: StopReason): void => {
    if (this.reason !== undefined) return;
    this.reason = reason;
    this.abort.abort(new HilError('service_unavailable', `the stage was stopped: ${reason}`));
  };

  /** Answers what ended it; throws only when not even that could be written. */
  async work(handler: StageHandler): Promise<'done' | 'failed' | StopReason> {
    const { heartbeatMs, stageTimeoutMs, maxAttempts } = this.options;
    const heartbeat = setInterval(() => void this.beat(), heartbeatMs);
    const deadline = setTimeout(() => this.stop('timeout'), stageTimeoutMs);
    try {
      if (this.run.attempt > maxAttempts) {
        throw new HilError(
          'internal_error',
          `${handler.stage} was begun ${maxAttempts} times and its worker died each time; see the workers' logs`,
        );
      }
      if (this.run.attempt > 1) {
        this.addLine(
          `attempt ${this.run.attempt}: the worker before was lost, going on`,
          'warning',
          'hil',
        );
      }
      const result = await handler.run(this.context());
      await this.batch.flush();
      this.abort.signal.throwIfAborted();
      await this.advance(result.event, result.artifacts ?? []);
      return 'done';
    } catch (error) {
      await this.settle(error, handler);
      if (this.reason !== undefined) return this.reason;
      return error instanceof StorageUnavailableError ? 'storage_lost' : 'failed';
    } finally {
      clearInterval(heartbeat);
      clearTimeout(deadline);
    }
  }

  private context(): StageContext {
    return {
      run: this.run,
      signal: this.abort.signal,
      log: (message, level = 'info', source = this.run.stage) =>
        this.addLine(message, level, source),
      stream: (update) => this.batch.add(update),
      room: () => this.batch.room(),
      emit: (update) => this.batch.flush(update),
      checkpoint: async ({ context, artifacts = [], updates = [] }) => {
        await this.batch.flush();
        const saved = await this.stored(
          this.storage.checkpoint(this.lease, {
            context,
            artifacts,
            entries: updates.map((update) => this.entry(update)),
          }),
        );
        if (saved === null) throw this.lost();
        this.run = { ...this.run, context: { ...this.run.context, ...context } };
        this.signals.ring(this.run.sessionId, saved.lastSeq);
      },
      artifact: (kind) => this.storage.artifact(this.run.id, kind),
      steering: async () =>
        (await this.stored(this.storage.run(this.run.id)))?.context.steering ?? [],
    };
  }

  private addLine(
    message: string,
    level: 'debug' | 'info' | 'warning' | 'error',
    source: string,
  ): void {
    this.batch.add({ type: 'log', data: { message, level, source } });
  }

  private entry(update: NewUpdate): LogEntry {
    return { update, stage: this.run.stage, attempt: this.run.attempt };
  }

  private async append(updates: NewUpdate[]): Promise<void> {
    const appended = await this.stored(
      this.storage.append(
        this.lease,
        updates.map((update) => this.entry(update)),
      ),
    );
    if (appended === null) throw this.lost();
    this.signals.ring(this.run.sessionId, appended.lastSeq);
  }

  /** What could not be written leaves a hole in the log, so the stage begins again instead of going on. */
  private async stored<T>(write: Promise<T>): Promise<T> {
    try {
      return await write;
    } catch (error) {
      if (error instanceof StorageUnavailableError) this.stop('storage_lost');
      throw error;
    }
  }

  private lost(): LeaseLostError {
    this.stop('lease_lost');
    return new LeaseLostError();
  }

  private async beat(): Promise<void> {
    try {
      const held = await this.storage.heartbeat(this.lease, this.options.leaseMs);
      if (held === null) this.stop('lease_lost');
      else if (held.cancelRequested) this.stop('cancelled');
    } catch (error) {
      this.log.warn({ runId: this.run.id, error }, 'a heartbeat failed; trying again');
    }
  }

  /** Commits what the stage came to. A cancel that came in between wins: the commit finds another state. */
  private async advance(event: RunEvent, artifacts: NewArtifact[] = []): Promise<void> {
    const env = {
      now: new Date().toISOString(),
      newId: randomUUID,
      maxRepairs: this.options.maxRepairs,
    };
    const commit = commitFor(this.run, event, env, this.options, {
      leaseEpoch: this.lease.epoch,
      artifacts,
    });
    const committed = await this.storage.commit(commit);
    if (committed === null) {
      const now = await this.storage.run(this.run.id);
      if (now?.state === 'cancelled') await this.finishCancelled();
      else
        this.log.warn(
          { runId: this.run.id },
          'a result came too late and was dropped: the lease was taken over',
        );
      return;
    }
    this.signals.committed(commit.run, committed);
    await this.summarise(commit.run);
  }

  private async summarise(run: Run): Promise<void> {
    if (run.outcome === null) return;
    const summarised = await this.storage.summarise(run.id, summaryEntry(run), this.lease.epoch);
    if (summarised !== null) this.signals.ring(run.sessionId, summarised.lastSeq);
  }

  /** After a cancel: everything the stage had running has ended, so the summary can follow. */
  private async finishCancelled(): Promise<void> {
    await this.batch.flush().catch(() => undefined);
    const run = await this.storage.run(this.run.id);
    if (run !== null) await this.summarise(run);
  }

  private async settle(error: unknown, handler: StageHandler): Promise<void> {
    switch (this.reason) {
      case 'cancelled':
        return this.finishCancelled();
      case 'lease_lost':
        this.log.warn(
          { runId: this.run.id, stage: handler.stage },
          'stopped: the lease was taken over',
        );
        return;
      case 'shutdown': {
        await this.batch.flush().catch(() => undefined);
        return this.giveBack(SHUTDOWN_STORAGE_AWAY_MS);
      }
      case 'storage_lost':
        return this.giveBack(STORAGE_AWAY_MS);
      case 'timeout':
        return this.fail(
          new HilError(
            'internal_error',
            `${handler.stage} took longer than ${this.options.stageTimeoutMs / 1000} s and was stopped (AGENT_TIMEOUT)`,
          ),
        );
      case undefined:
        if (error instanceof StorageUnavailableError) return this.giveBack(STORAGE_AWAY_MS);
        return this.fail(HilError.from(error));
    }
  }

  /** The stage did nothing wrong: another attempt, here or elsewhere, begins as soon as the storage answers. */
  private async giveBack(limitMs: number): Promise<void> {
    this.log.warn(
      { runId: this.run.id, stage: this.run.stage },
      `gives its run back: ${this.reason ?? 'storage_lost'}`,
    );
    const released = await whenStorageAnswers(() => this.storage.release(this.lease), limitMs);
    if (!released) return this.finishCancelled();
    // Awaited: a process that is about to end hands the work over first.
    await this.signals
      .flushOutbox(0, this.run.id)
      .catch((error: unknown) =>
        this.log.warn(
          { runId: this.run.id, error },
          'a job stays in the outbox; the reconciler will send it',
        ),
      );
  }

  private async fail(error: HilError): Promise<void> {
    this.log.error({ runId: this.run.id, error }, `run failed: ${error.message}`);
    await this.batch.flush().catch(() => undefined);
    await this.advance({
      type: 'stage_failed',
      code: error.code,
      message: failureMessage(this.run.stage, error),
      retryable: error.retryable,
    });
  }
}
