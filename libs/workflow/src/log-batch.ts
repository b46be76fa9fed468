import type { NewUpdate } from '@hil/contracts';

/** Lines wait at most this long, in ms, … */
const MAX_WAIT_MS = 25;
/** … or until this many characters are gathered. */
const MAX_CHARS = 16 * 1024;

/** A single line longer than this is cut; the whole output of a tool is not an event. */
const MAX_LINE_CHARS = 32 * 1024;

/**
 * Gathers updates of one run and writes them in order: log lines in batches, everything else at once
 * behind the lines that came before. A failed write fails every later call, so nothing is lost unnoticed.
 */
export class LogBatch {
  private waiting: NewUpdate[] = [];
  private chars = 0;
  private timer: NodeJS.Timeout | undefined;
  private tail: Promise<void> = Promise.resolve();
  private failure: unknown;

  constructor(private readonly write: (updates: NewUpdate[]) => Promise<void>) {}

  /** Adds a line; never throws and never waits. */
  add(update: NewUpdate): void {
    this.waiting.push(clipped(update));
    this.chars += JSON.stringify(update.data).length;
    if (this.chars >= MAX_CHARS) void this.flush().catch(() => undefined);
    else this.timer ??= setTimeout(() => void this.flush().catch(() => undefined), MAX_WAIT_MS);
  }

  /** Writes what is gathered, with `last` behind it. */
  flush(...last: NewUpdate[]): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const updates = joinLines([...this.waiting, ...last]);
    this.waiting = [];
    this.chars = 0;
    if (updates.length > 0) {
      this.tail = this.tail.then(async () => {
        if (this.failure !== undefined) return;
        try {
          await this.write(updates);
        } catch (error) {
          this.failure = error;
        }
      });
    }
    return this.tail.then(() => {
      if (this.failure !== undefined) throw this.failure;
    });
  }
}

/** Consecutive lines of one source and level become one entry of several lines: fewer rows, same text. */
function joinLines(updates: NewUpdate[]): NewUpdate[] {
  const joined: NewUpdate[] = [];
  for (const update of updates) {
    const previous = joined.at(-1);
    if (
      update.type === 'log' &&
      previous?.type === 'log' &&
      previous.data.level === update.data.level &&
      previous.data.source === update.data.source &&
      previous.data.message.length + update.data.message.length < MAX_CHARS
    ) {
      const message = `${previous.data.message}\n${update.data.message}`;
      joined[joined.length - 1] = { type: 'log', data: { ...update.data, message } };
    } else {
      joined.push(update);
    }
  }
  return joined;
}

function clipped(update: NewUpdate): NewUpdate {
  if (update.type !== 'log' || update.data.message.length <= MAX_LINE_CHARS) return update;
  const cut = update.data.message.length - MAX_LINE_CHARS;
  const message = `${update.data.message.slice(0, MAX_LINE_CHARS)} [${cut} more characters were cut]`;
  return { type: 'log', data: { ...update.data, message } };
}
