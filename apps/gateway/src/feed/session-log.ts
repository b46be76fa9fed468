import type { AgentUpdate } from '@hil/contracts';
import { frameOf } from './update-frame.js';

/** Events and characters that are kept of a session somebody follows. */
const MAX_EVENTS = 256;
const MAX_CHARS = 256 * 1024;

/**
 * The end of one session's log, read once for all who follow it: what one cursor read, the others take
 * from here, so that an event costs one query and not one for each client. Older events are read past
 * it, for the one who asked. Events never change, so what is kept is right; at most it is not the newest.
 */
export class SessionLog {
  /** Contiguous, and ends at `tail`. */
  private kept: AgentUpdate[] = [];
  private chars = 0;
  private tail = -1;
  private reading: Promise<AgentUpdate[]> | undefined;
  private begun = 0;
  private begunAtRest = 0;

  constructor(private readonly read: (after: number, limit: number) => Promise<AgentUpdate[]>) {}

  /** Events after a seq, in order; empty only if there were none when it was asked. */
  async events(after: number, limit: number): Promise<AgentUpdate[]> {
    const before = this.begun;
    for (;;) {
      const known = this.known(after, limit);
      if (known.length > 0) return known;
      if (after > this.tail && this.reading === undefined) this.moveTo(after);
      if (after !== this.tail) return this.read(after, limit);
      if (this.reading === undefined) return this.readTail(limit);
      if (this.begun > before) return this.reading;
      // It began before the question and may have missed what the question is about: look again then.
      await this.reading.catch(() => undefined);
    }
  }

  /** Called now and then: a session in which nothing happened since the last call keeps nothing. */
  rest(): void {
    if (this.begun === this.begunAtRest && this.reading === undefined) this.moveTo(this.tail);
    this.begunAtRest = this.begun;
  }

  private known(after: number, limit: number): AgentUpdate[] {
    const first = this.kept[0]?.seq;
    if (first === undefined || after < first - 1) return [];
    return this.kept.slice(after - first + 1, after - first + 1 + limit);
  }

  private readTail(limit: number): Promise<AgentUpdate[]> {
    this.begun += 1;
    this.reading = this.read(this.tail, limit)
      .then((batch) => {
        this.keep(batch);
        return batch;
      })
      .finally(() => (this.reading = undefined));
    return this.reading;
  }

  private moveTo(tail: number): void {
    this.kept = [];
    this.chars = 0;
    this.tail = tail;
  }

  private keep(batch: AgentUpdate[]): void {
    for (const event of batch) {
      // A gap is for the cursors to find out about; from there on nothing fits together.
      if (event.seq !== this.tail + 1) break;
      this.kept.push(event);
      this.chars += frameOf(event).length;
      this.tail = event.seq;
    }
    let surplus = 0;
    for (const oldest of this.kept) {
      if (this.kept.length - surplus <= MAX_EVENTS && this.chars <= MAX_CHARS) break;
      this.chars -= frameOf(oldest).length;
      surplus += 1;
    }
    if (surplus > 0) this.kept = this.kept.slice(surplus);
  }
}
