import { setImmediate as immediate } from 'node:timers/promises';

/** How long sending may keep the event loop before others get it, in ms. */
const TURN_MS = 10;

/**
 * Lets everybody else have the event loop after each {@link TURN_MS} of sending: many clients of one
 * session wake in the same turn, and together could hold it for seconds.
 */
export class Turns {
  private began = 0;
  private pause: Promise<void> | undefined;

  /** Undefined as long as the turn lasts; then a promise to wait for. */
  next(): Promise<void> | undefined {
    if (this.pause !== undefined) return this.pause;
    const now = performance.now();
    // Long ago: the loop was free in between.
    if (now - this.began > 2 * TURN_MS) this.began = now;
    if (now - this.began < TURN_MS) return undefined;
    this.pause = immediate().then(() => {
      this.pause = undefined;
      this.began = performance.now();
    });
    return this.pause;
  }
}
