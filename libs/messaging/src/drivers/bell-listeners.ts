import type { MessagingLog } from '../ports/log.port.js';
import type { CancelListener, DoorbellListener } from '../ports/doorbell-bus.port.js';

/** Who in this process wants to hear what; a listener that throws is logged and kept. */
export class BellListeners {
  private readonly sessions = new Map<string, Set<DoorbellListener>>();
  private readonly cancels = new Set<CancelListener>();

  constructor(private readonly log: MessagingLog) {}

  /** @returns true when it is the first listener of the session. */
  add(sessionId: string, listener: DoorbellListener): boolean {
    const known = this.sessions.get(sessionId);
    if (known !== undefined) {
      known.add(listener);
      return false;
    }
    this.sessions.set(sessionId, new Set([listener]));
    return true;
  }

  /** @returns true when nobody follows the session any more. */
  remove(sessionId: string, listener: DoorbellListener): boolean {
    const known = this.sessions.get(sessionId);
    if (known === undefined || !known.delete(listener) || known.size > 0) return false;
    this.sessions.delete(sessionId);
    return true;
  }

  addCancel(listener: CancelListener): void {
    this.cancels.add(listener);
  }

  removeCancel(listener: CancelListener): void {
    this.cancels.delete(listener);
  }

  followed(): string[] {
    return [...this.sessions.keys()];
  }

  ring(sessionId: string, seq: number): void {
    for (const listener of [...(this.sessions.get(sessionId) ?? [])]) {
      this.guard(() => listener({ seq }));
    }
  }

  /** After a gap: everyone reads from their cursor. */
  ringAll(): void {
    for (const sessionId of this.followed()) this.ring(sessionId, 0);
  }

  cancel(runId: string): void {
    for (const listener of [...this.cancels]) this.guard(() => listener(runId));
  }

  private guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.log.error({ err: error }, 'a doorbell listener threw');
    }
  }
}
