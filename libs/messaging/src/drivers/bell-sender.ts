import type { Doorbell } from '@hil/contracts';
import type { MessagingLog } from '../ports/log.port.js';

/** One journey to the backend. */
export interface BellBatch {
  bells: Doorbell[];
  cancels: string[];
}

/** More sessions than this wait only while the backend is away; the oldest are then dropped. */
const MAX_WAITING = 10_000;

/**
 * Sends doorbells with one journey under way at a time: what is rung meanwhile goes with the next,
 * and of one session only the highest `seq`, as a reader drains to the end anyway. What could not
 * be sent is kept for {@link flush} after the reconnect.
 */
export class BellSender {
  private bells = new Map<string, number>();
  private cancels = new Set<string>();
  private running: Promise<void> | undefined;
  private down = false;

  constructor(
    private readonly transmit: (batch: BellBatch) => Promise<void>,
    private readonly log: MessagingLog,
  ) {}

  ring(sessionId: string, seq: number): Promise<void> {
    this.bells.set(sessionId, Math.max(seq, this.bells.get(sessionId) ?? 0));
    return this.flush();
  }

  cancel(runId: string): Promise<void> {
    this.cancels.add(runId);
    return this.flush();
  }

  /** Resolves when all that waited was sent, or the backend is known to be away. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  private async run(): Promise<void> {
    // Lets everything rung in this turn of the event loop go together.
    await Promise.resolve();
    while (this.bells.size > 0 || this.cancels.size > 0) {
      const { bells, cancels } = this;
      this.bells = new Map();
      this.cancels = new Set();
      try {
        await this.transmit({
          bells: [...bells].map(([sessionId, seq]) => ({ sessionId, seq })),
          cancels: [...cancels],
        });
        this.down = false;
      } catch (error) {
        this.keep(bells, cancels);
        if (!this.down) this.log.warn({ err: error }, 'doorbells wait for the connection');
        this.down = true;
        return;
      }
    }
  }

  private keep(bells: Map<string, number>, cancels: Set<string>): void {
    for (const [sessionId, seq] of this.bells) {
      bells.set(sessionId, Math.max(seq, bells.get(sessionId) ?? 0));
    }
    this.bells = new Map([...bells].slice(-MAX_WAITING));
    this.cancels = new Set([...cancels, ...this.cancels].slice(-MAX_WAITING));
  }
}
