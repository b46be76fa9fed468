import type { AgentUpdate } from '@hil/contracts';
import type { Turns } from './turns.js';

/** Events read from the store at once. */
const BATCH = 500;

/** Where a cursor reads: the log of one session. */
export interface FeedSource {
  /** Events after a seq, in order. */
  events(after: number, limit: number): Promise<AgentUpdate[]>;
  /** The first and last seq the log reaches: events up to `dropped` are gone. */
  bounds(): Promise<{ dropped: number; last: number }>;
  /** The state of things for a client that lost a part of the log, and the seq it stands for. */
  snapshot(): Promise<{ update: AgentUpdate | null; seq: number }>;
}

/** Where a cursor writes: one socket. */
export interface FeedSink {
  update(update: AgentUpdate): void;
  /** Tells that the log no longer reaches back; the snapshot follows by {@link update}. */
  resyncRequired(sessionId: string): void;
  /** True when more may be sent at once. */
  readonly writable: boolean;
  /** Resolves true as soon as more may be sent, false when the socket is gone. */
  ready(): Promise<boolean>;
}

/**
 * Brings the log of one session to one socket: each event once, in order. A doorbell only wakes
 * it; what it sends is read from the store after its own position, so lost, doubled and
 * out-of-order bells change nothing. At most one drain runs at a time.
 */
export class FeedCursor {
  private rung = false;
  private draining = false;
  private stopped = false;
  private newest = 0;

  constructor(
    private readonly sessionId: string,
    private position: number,
    private readonly source: FeedSource,
    private readonly sink: FeedSink,
    private readonly turns: Turns,
    private readonly onError: (error: unknown) => void,
    /** True when the position is not one the log can be read from. */
    private broken = false,
  ) {}

  /** Something may be new; `seq` 0 means nobody knows. */
  wake(seq = 0): void {
    // A broken position is ahead of the log, or behind it: no number says that nothing is new.
    if (this.stopped || (!this.broken && seq > 0 && seq <= this.position)) return;
    this.newest = Math.max(this.newest, seq);
    this.rung = true;
    if (!this.draining) void this.drain();
  }

  /** Nothing is sent after this returns. */
  stop(): void {
    this.stopped = true;
  }

  private async drain(): Promise<void> {
    this.draining = true;
    try {
      while (this.rung && !this.stopped) {
        this.rung = false;
        await this.readToEnd();
      }
    } catch (error) {
      // The position stands; the next bell or the poll tries again.
      this.onError(error);
    } finally {
      this.draining = false;
    }
  }

  private async readToEnd(): Promise<void> {
    while (await this.maySend()) {
      if (this.broken) {
        await this.resync();
        continue;
      }
      const batch = await this.source.events(this.position, BATCH);
      if (batch.length === 0) {
        if (this.newest <= this.position || !(await this.isDropped())) return;
        this.broken = true;
      }
      for (const event of batch) {
        if (event.seq !== this.position + 1) {
          this.broken = true;
          break;
        }
        const pause = this.turns.next();
        if (pause !== undefined) await pause;
        // Waited for only when there is something to wait for: this loop is what fan-out costs.
        if ((this.stopped || !this.sink.writable) && !(await this.maySend())) return;
        this.sink.update(event);
        this.position = event.seq;
      }
    }
  }

  private async maySend(): Promise<boolean> {
    return !this.stopped && (await this.sink.ready()) && !this.stopped;
  }

  private async isDropped(): Promise<boolean> {
    const { dropped } = await this.source.bounds();
    return dropped > this.position;
  }

  /** Replaces what can no longer be replayed by the present state. */
  private async resync(): Promise<void> {
    const { update, seq } = await this.source.snapshot();
    if (!(await this.maySend())) return;
    this.sink.resyncRequired(this.sessionId);
    if (update !== null) this.sink.update(update);
    this.position = seq;
    this.broken = false;
  }
}
