import type { NewUpdate } from '@hil/contracts';
import { LogGate, type LogTurn } from './log-gate.js';

/** Lines wait at most this long, in ms, … */
const MAX_WAIT_MS = 25;
/** … or until this many characters are gathered. */
const MAX_CHARS = 16 * 1024;

/** A single line longer than this is cut; the whole output of a tool is not an event. */
const MAX_LINE_CHARS = 32 * 1024;

/** One write takes at most about this many characters, so that what comes next waits for no more. */
const MAX_WRITE_CHARS = 256 * 1024;

/** More than this should not wait to be written: whoever makes lines faster waits for {@link LogBatch.room}. */
const MAX_WAITING_CHARS = 1024 * 1024;

/**
 * Gathers updates of one run and writes them in order: log lines in batches, everything else at once
 * behind the lines that came before. While a write is under way, or waits for its turn at the gate, what
 * comes gathers for the next, so the slower the database the larger the writes. A failed write fails every
 * later call, so nothing is lost unnoticed.
 */
export class LogBatch {
  private waiting: NewUpdate[] = [];
  /** Characters added since the last flush. */
  private chars = 0;
  /** Characters that wait. */
  private gathered = 0;
  private added = 0;
  private written = 0;
  /** What was added before this may not wait at the gate. */
  private urgent = 0;
  private turn: LogTurn | undefined;
  private timer: NodeJS.Timeout | undefined;
  private tail: Promise<void> = Promise.resolve();
  private failure: { cause: unknown } | undefined;

  constructor(
    private readonly write: (updates: NewUpdate[]) => Promise<void>,
    private readonly gate: LogGate = new LogGate(1),
  ) {}

  /** Adds a line; never throws and never waits. */
  add(update: NewUpdate): void {
    const fitting = clipped(update);
    this.push(fitting);
    this.chars += sizeOf(fitting);
    if (this.chars >= MAX_CHARS) void this.send().catch(() => undefined);
    else this.timer ??= setTimeout(() => void this.send().catch(() => undefined), MAX_WAIT_MS);
  }

  /** Writes what is gathered, with `last` behind it; resolves when it is written. */
  flush(...last: NewUpdate[]): Promise<void> {
    for (const update of last) this.push(update);
    this.urgent = this.added;
    this.turn?.hurry();
    return this.send();
  }

  /** Resolves as soon as not much waits to be written; also when writing has failed, which the next flush tells. */
  async room(): Promise<void> {
    while (this.gathered > MAX_WAITING_CHARS) await this.send().catch(() => undefined);
  }

  private push(update: NewUpdate): void {
    if (this.failure !== undefined) return;
    this.waiting.push(update);
    this.gathered += sizeOf(update);
    this.added += 1;
  }

  private send(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.chars = 0;
    const upTo = this.added;
    this.tail = this.tail.then(() => this.writeUpTo(upTo));
    return this.tail.then(() => {
      if (this.failure !== undefined) throw this.failure.cause;
    });
  }

  private async writeUpTo(upTo: number): Promise<void> {
    while (this.written < upTo && this.failure === undefined) {
      const turn = this.gate.enter();
      this.turn = turn;
      if (this.urgent > this.written) turn.hurry();
      await turn.admitted;
      const updates = this.take();
      try {
        await this.write(joinLines(updates));
        this.written += updates.length;
      } catch (cause) {
        this.failure = { cause };
        this.waiting = [];
        this.gathered = 0;
      } finally {
        turn.leave();
      }
    }
  }

  /** The oldest of what waits, as much as fits into one write and at least one. */
  private take(): NewUpdate[] {
    let chars = 0;
    const end = this.waiting.findIndex((update) => (chars += sizeOf(update)) > MAX_WRITE_CHARS);
    const taken = this.waiting.splice(0, end === -1 ? this.waiting.length : Math.max(1, end));
    for (const update of taken) this.gathered -= sizeOf(update);
    return taken;
  }
}

/** Consecutive lines of one source and level become one entry of several lines: fewer rows, same text. */
function joinLines(updates: NewUpdate[]): NewUpdate[] {
  const joined: NewUpdate[] = [];
  let lines: string[] = [];
  let chars = 0;
  let open: Extract<NewUpdate, { type: 'log' }> | undefined;
  const close = (): void => {
    if (open === undefined) return;
    joined.push({ type: 'log', data: { ...open.data, message: lines.join('\n') } });
    open = undefined;
  };
  for (const update of updates) {
    if (update.type !== 'log') {
      close();
      joined.push(update);
      continue;
    }
    const { level, source, message } = update.data;
    const fits = chars + message.length < MAX_CHARS;
    if (open?.data.level !== level || open.data.source !== source || !fits) {
      close();
      open = update;
      lines = [];
      chars = 0;
    }
    lines.push(message);
    chars += message.length + 1;
  }
  close();
  return joined;
}

/** About how long an update is; of a log line, which there are many of, without making JSON of it. */
function sizeOf(update: NewUpdate): number {
  return update.type === 'log'
    ? update.data.message.length + 64
    : JSON.stringify(update.data).length;
}

function clipped(update: NewUpdate): NewUpdate {
  if (update.type !== 'log' || update.data.message.length <= MAX_LINE_CHARS) return update;
  const cut = update.data.message.length - MAX_LINE_CHARS;
  const message = `${update.data.message.slice(0, MAX_LINE_CHARS)} [${cut} more characters were cut]`;
  return { type: 'log', data: { ...update.data, message } };
}
