import type { AgentUpdate } from '@hil/contracts';

/** Hands updates to one `for await` loop in order; those that come while nobody waits are kept. */
export class UpdateQueue implements AsyncIterableIterator<AgentUpdate> {
  private readonly waiting: AgentUpdate[] = [];
  private wake: (() => void) | undefined;
  private done = false;
  private failure: Error | undefined;

  constructor(private readonly released: (queue: UpdateQueue) => void) {}

  push(update: AgentUpdate): void {
    this.waiting.push(update);
    this.wake?.();
  }

  end(failure?: Error): void {
    this.done = true;
    this.failure = failure;
    this.wake?.();
  }

  async next(): Promise<IteratorResult<AgentUpdate, undefined>> {
    for (;;) {
      const update = this.waiting.shift();
      if (update !== undefined) return { done: false, value: update };
      if (this.failure !== undefined) throw this.failure;
      if (this.done) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async return(): Promise<IteratorResult<AgentUpdate, undefined>> {
    this.end();
    this.released(this);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
