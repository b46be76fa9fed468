/** A place in the queue; leave it whatever became of the write. */
export interface LogTurn {
  /** Resolves when it is this one's turn. */
  readonly admitted: Promise<void>;
  /** Lets it pass at once: something that must not wait is behind it. */
  hurry(): void;
  leave(): void;
}

/**
 * Lets few runs of a process write log lines at once. Fifty runs that all log at full rate would otherwise
 * keep fifty database connections busy, and decisions waiting behind them; as it is, lines gather meanwhile
 * and each write takes more of them.
 */
export class LogGate {
  private writing = 0;
  private readonly queue = new Set<() => void>();

  constructor(private readonly atOnce: number) {}

  enter(): LogTurn {
    let admit = (): void => undefined;
    const admitted = new Promise<void>((resolve) => {
      admit = () => {
        if (!this.queue.delete(admit)) return;
        this.writing += 1;
        resolve();
      };
    });
    this.queue.add(admit);
    if (this.writing < this.atOnce) admit();
    return {
      admitted,
      hurry: admit,
      leave: () => {
        this.writing -= 1;
        const [next] = this.queue;
        if (this.writing < this.atOnce) next?.();
      },
    };
  }
}
