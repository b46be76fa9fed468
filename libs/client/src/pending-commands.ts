import { HilError, type ErrorCode, type ServerEventData } from '@hil/contracts';

export type Ack = ServerEventData<'ack'>;

interface Pending {
  text: string;
  resolve(ack: Ack): void;
  reject(error: Error): void;
}

/** A refusal comes as an ack and as an error with the words; how long to wait for the words, in ms. */
const WORDS_MS = 200;

/** Commands without an answer yet. They are sent again after a reconnect; the server knows their ids. */
export class PendingCommands {
  private readonly pending = new Map<string, Pending>();

  add(id: string, text: string): Promise<Ack> {
    return new Promise((resolve, reject) => this.pending.set(id, { text, resolve, reject }));
  }

  /** The frames that have to be sent again, in order. */
  texts(): string[] {
    return [...this.pending.values()].map((entry) => entry.text);
  }

  acknowledge(ack: Ack): void {
    if (ack.ok) {
      this.pending.get(ack.id)?.resolve(ack);
      this.pending.delete(ack.id);
      return;
    }
    const code = ack.code ?? 'internal_error';
    setTimeout(() => this.refuse(ack.id, code, `the server refused it: ${code}`), WORDS_MS);
  }

  refuse(id: string, code: ErrorCode, message: string, details?: Record<string, unknown>): void {
    const entry = this.pending.get(id);
    this.pending.delete(id);
    entry?.reject(new HilError(code, message, details === undefined ? {} : { details }));
  }

  refuseAll(error: Error): void {
    for (const entry of this.pending.values()) entry.reject(error);
    this.pending.clear();
  }
}
