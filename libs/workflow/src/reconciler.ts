import { randomUUID } from 'node:crypto';
import { type Stage, isFinal } from '@hil/contracts';
import type { RunSignals, WorkflowLog } from './run-signals.js';
import type { Approval, RunStorage } from './run-storage.port.js';
import { StorageUnavailableError } from './storage-unavailable.error.js';
import { summaryEntry } from './summary-entry.js';
import { type TransitionOptions, commitFor } from './transition-commit.js';
import { TransitionError } from './transition-steps.js';

export interface ReconcilerOptions extends TransitionOptions {
  /** Time between two rounds, in ms. */
  everyMs: number;
  /** Work sent longer ago than this, with nobody at it, is sent again, in ms. */
  staleMs: number;
  /** The same where no job waits in the queue, so that it is not only late, in ms. */
  lostMs: number;
  /** Events older than this are dropped. */
  eventRetentionDays: number;
  /** What else is dropped with the old events, when it has not been used for long. */
  cleanUps?: readonly CleanUp[];
}

/** Drops a part of what is past its retention and answers how much. */
export interface CleanUp {
  what: string;
  run(): Promise<number>;
}

/** Rounds between two clean-ups. */
const RETENTION_ROUNDS = 3_600;

/**
 * Makes true what a crash left half done: sends the outbox, sends work again whose worker died,
 * expires approvals, reminds, and writes missing summaries. Runs in every app; one leader at a time.
 */
export class Reconciler {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private rounds = 0;
  private stopped = false;

  constructor(
    private readonly storage: RunStorage,
    private readonly signals: RunSignals,
    private readonly options: ReconcilerOptions,
    private readonly log: WorkflowLog,
  ) {}

  start(): void {
    this.schedule();
  }

  /** Resolves when the round at work, if any, is over. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.working;
  }

  /** One round, if this process is the leader. */
  async round(): Promise<void> {
    await this.storage.asLeader(async () => {
      await this.sendWaiting();
      const { staleMs, lostMs } = this.options;
      await this.storage.redispatchStale(staleMs, { stages: await this.emptied(), lostMs });
      await this.expireApprovals();
      await this.remind();
      await this.summariseEnded();
      this.rounds += 1;
      if (this.rounds % RETENTION_ROUNDS === 1) await this.cleanUp();
    });
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.working = this.round()
        .catch((error: unknown) =>
          this.log.warn({ error }, 'a reconciler round failed; the next one tries again'),
        )
        .then(() => {
          if (!this.stopped) this.schedule();
        });
    }, this.options.everyMs);
  }

  /** A queue that is down must not keep approvals from expiring or summaries from being written. */
  private async sendWaiting(): Promise<void> {
    try {
      await this.signals.flushOutbox(this.options.everyMs);
    } catch (error) {
      this.log.warn({ error }, 'the queue takes no jobs; they stay in the outbox');
    }
  }

  /** Stages whose unclaimed work waits in no queue: it went with the queue, or with who had just taken it. */
  private async emptied(): Promise<Stage[]> {
    const unclaimed = await this.storage.unclaimedStages(this.options.lostMs);
    if (unclaimed.length === 0) return [];
    try {
      return await this.signals.withoutWaitingJobs(unclaimed);
    } catch (error) {
      this.log.warn({ error }, 'the queue does not say what waits in it');
      return [];
    }
  }

  private async expireApprovals(): Promise<void> {
    await this.each(await this.storage.expiredApprovals(100), async (approval) => {
      const run = await this.storage.run(approval.runId);
      if (run === null || isFinal(run.state)) return;
      const env = {
        now: new Date().toISOString(),
        newId: randomUUID,
        maxRepairs: this.options.maxRepairs,
      };
      try {
        const commit = commitFor(run, { type: 'approval_expired' }, env, this.options, {
          decision: {
            approvalId: approval.id,
            status: 'expired',
            decidedBy: 'clock',
            reason: null,
            selection: null,
          },
          audit: {
            actor: 'clock',
            action: 'approval_expired',
            details: { approval_id: approval.id },
          },
        });
        const committed = await this.storage.commit(commit);
        if (committed !== null) this.signals.ring(run.sessionId, committed.lastSeq);
      } catch (error) {
        // Decided in between: that decision stands.
        if (!(error instanceof TransitionError)) throw error;
      }
    });
  }

  /** One that can't be handled keeps no other waiting; where nothing answers, nothing is tried. */
  private async each<T extends { id: string }>(
    items: readonly T[],
    handle: (item: T) => Promise<void>,
  ): Promise<void> {
    for (const item of items) {
      try {
        await handle(item);
      } catch (error) {
        if (error instanceof StorageUnavailableError) throw error;
        this.log.error({ id: item.id, error }, 'the reconciler could not handle this one');
      }
    }
  }

  /** A status at half-time and one before the end; counted in the row, so each is sent once. */
  private async remind(): Promise<void> {
    await this.each(await this.storage.remindableApprovals(100), async (approval) => {
      const run = await this.storage.run(approval.runId);
      if (run === null || (run.state !== 'awaiting_approval' && run.state !== 'paused')) return;
      if (!(await this.storage.countReminder(approval.id, approval.reminders))) return;
      const noted = await this.storage.note(
        run.id,
        [
          {
            update: { type: 'status', data: { state: run.state, message: reminder(approval) } },
            stage: run.stage,
            attempt: run.attempt,
          },
        ],
        null,
      );
      if (noted !== null) this.signals.ring(run.sessionId, noted.lastSeq);
    });
  }

  private async summariseEnded(): Promise<void> {
    await this.each(await this.storage.unsummarisedRuns(100), async (run) => {
      const summarised = await this.storage.summarise(run.id, summaryEntry(run), null);
      if (summarised !== null) this.signals.ring(run.sessionId, summarised.lastSeq);
    });
  }

  private async cleanUp(): Promise<void> {
    const before = new Date(Date.now() - this.options.eventRetentionDays * 86_400_000);
    const dropped = await this.storage.dropEventsBefore(before);
    if (dropped > 0) this.log.info({ dropped }, 'events past their retention were dropped');
    for (const { what, run } of this.options.cleanUps ?? []) {
      const count = await run();
      if (count > 0) this.log.info({ dropped: count }, `${what} past their retention were dropped`);
    }
  }
}

function reminder(approval: Approval): string {
  return `Still waiting for approval; without a decision the run expires at ${approval.expiresAt.toISOString()}.`;
}
