/** Lines of progress come at most this often, in ms. */
const EVERY_MS = 1_000;

/**
 * Turns counts into lines such as `read 12,000 of 100,000 files, about 40 s left`. Files known to the cache
 * come at once, so what is left is reckoned from those read since the first count.
 */
export class ReadingProgress {
  private first: { done: number; at: number } | null = null;
  private reportedAt = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /** The line to show, or null when there was one a moment ago or nothing is left to read. */
  line({ done, total }: { done: number; total: number }): string | null {
    const at = this.now();
    if (this.first === null) {
      this.first = { done, at };
      this.reportedAt = at;
      const known = done > 0 ? `, ${counted(done)} of them known from before` : '';
      return total > 0 ? `reading ${counted(total)} source files${known}` : null;
    }
    if (at - this.reportedAt < EVERY_MS || done >= total) return null;
    this.reportedAt = at;
    const read = Math.max(done - this.first.done, 1);
    const seconds = Math.ceil((((at - this.first.at) / read) * (total - done)) / 1_000);
    return `read ${counted(done)} of ${counted(total)} files, about ${counted(seconds)} s left`;
  }
}

/** `12,000`, whatever the machine's language is. */
export function counted(count: number): string {
  return count.toLocaleString('en-US');
}
