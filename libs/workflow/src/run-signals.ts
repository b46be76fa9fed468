import { setTimeout as wait } from 'node:timers/promises';
import { STAGE_APP, type Stage } from '@hil/contracts';
import type { DoorbellBus, StageQueue } from '@hil/messaging';
import type { Committed, OutboxMessage, RunStorage } from './run-storage.port.js';
import type { Run } from './run.js';

/** What this library needs of a logger; pino fits. */
export interface WorkflowLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/**
 * How long the row of a sent job may stay, in ms. Rows go together and away from the work that was just
 * sent, and long before the reconciler would take them for forgotten.
 */
const CLEAR_AFTER_MS = 100;

/**
 * Tells the world about what was committed: sends the outbox to the queue and rings the doorbell.
 * Everything here may fail or be lost without harm; the reconciler and the readers' cursors catch up.
 */
export class RunSignals {
  private sent: bigint[] = [];
  private clearing: NodeJS.Timeout | undefined;
  private readonly adding = new Set<Promise<void>>();
  private deleting: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: RunStorage,
    private readonly queue: StageQueue,
    private readonly bus: DoorbellBus,
    private readonly log: WorkflowLog,
  ) {}

  /** After a commit that made it `run`: the log of the session grew, and perhaps a job waits in the outbox. */
  committed(run: Run, { lastSeq, outboxId }: Committed): void {
    // The job first: a client that hears of a stage waits for nothing, the stage's work does.
    if (outboxId !== null) {
      const job = { runId: run.id, stage: run.stage, version: run.version };
      const adding = this.add({ id: outboxId, job })
        .then(
          () => this.clearSoon(outboxId),
          (error: unknown) =>
            this.log.warn(
              { runId: run.id, error },
              'a job stays in the outbox; the reconciler will send it',
            ),
        )
        .finally(() => this.adding.delete(adding));
      this.adding.add(adding);
    }
    this.ring(run.sessionId, lastSeq);
  }

  ring(sessionId: string, seq: number): void {
    this.bus.ring(sessionId, seq).catch((error: unknown) => {
      this.log.warn(
        { sessionId, error },
        'a doorbell was not rung; readers catch up by themselves',
      );
    });
  }

  requestCancel(runId: string): void {
    this.bus.requestCancel(runId).catch((error: unknown) => {
      this.log.warn(
        { runId, error },
        'a cancel was not announced; the worker will read it from the row',
      );
    });
  }

  onCancel(listener: (runId: string) => void): Promise<() => Promise<void>> {
    return this.bus.onCancel(listener);
  }

  /** Those of the stages in whose app's queue no job waits. @throws when the queue does not answer */
  async withoutWaitingJobs(stages: readonly Stage[]): Promise<Stage[]> {
    const counts = await this.queue.counts();
    return stages.filter((stage) => counts[STAGE_APP[stage]].waiting === 0);
  }

  /** Sends outbox messages to the queue and deletes them; answers how many were sent. */
  async flushOutbox(olderThanMs: number, runId?: string): Promise<number> {
    const messages = await this.storage.outbox(olderThanMs, 200, runId);
    const sent: bigint[] = [];
    try {
      for (const message of messages) {
        await this.add(message);
        sent.push(message.id);
      }
    } finally {
      if (sent.length > 0) await this.storage.deleteOutbox(sent);
    }
    return messages.length;
  }

  /**
   * Resolves when no job is being sent and no row of a sent one waits to be deleted: before the queue and
   * the storage are closed. For a queue that does not answer it waits no longer than `patienceMs`.
   */
  async close(patienceMs = 5_000): Promise<void> {
    const patience = new AbortController();
    const { signal } = patience;
    await Promise.race([
      Promise.all(this.adding),
      wait(patienceMs, undefined, { signal }).catch(() => undefined),
    ]);
    patience.abort();
    clearTimeout(this.clearing);
    await this.clear();
  }

  private async add({ id, job }: OutboxMessage): Promise<void> {
    await this.queue.add(STAGE_APP[job.stage], job, `${job.runId}-${job.version}-${id}`);
  }

  private clearSoon(outboxId: bigint): void {
    this.sent.push(outboxId);
    this.clearing ??= setTimeout(() => void this.clear(), CLEAR_AFTER_MS);
  }

  /** A row that stays is sent again under the same job id; its worker finds the run further on. */
  private clear(): Promise<void> {
    this.clearing = undefined;
    const ids = this.sent;
    this.sent = [];
    // One after the other, so that who waits for the last waits for all.
    if (ids.length > 0) this.deleting = this.deleting.then(() => this.deleteRows(ids));
    return this.deleting;
  }

  private async deleteRows(ids: readonly bigint[]): Promise<void> {
    try {
      await this.storage.deleteOutbox(ids);
    } catch (error) {
      this.log.warn({ error }, 'rows of sent jobs stay in the outbox; they are sent again');
    }
  }
}
