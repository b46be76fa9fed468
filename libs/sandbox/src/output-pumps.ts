import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.js';
import { type OutputStream } from './sandbox.js';

type Chunk = readonly [OutputStream, Buffer];

/** Between two looks at whether output still comes after the command has ended. */
const LOOK_MS = 250;
/** So many looks without any output: what was printed before the end has been read. */
const QUIET_LOOKS = 4;
/** Waited for output altogether, which only a process that goes on printing takes. */
const MOST_WAITED_MS = 5_000;

export interface PumpOptions {
  maxBytes: number;
  onOutput?: ((stream: OutputStream, chunk: Buffer) => void | Promise<void>) | undefined;
  /** More than `maxBytes` were printed; the rest is not read. */
  onLimit: () => void;
  /** The listener threw. */
  onFault: () => void;
}

/** Reads what a command prints, as fast as the listener takes it. */
export class OutputPumps {
  private bytes = 0;
  private chunks = 0;
  /** Chunks that the listener is at work on. */
  private taken = 0;
  private waitedMs = 0;
  private waitingSince = performance.now();
  private open = true;
  private readonly settled: Promise<PromiseSettledResult<void>[]>;

  constructor(
    sources: readonly AsyncIterable<Chunk>[],
    private readonly options: PumpOptions,
  ) {
    this.settled = Promise.allSettled(sources.map((source) => this.pump(source)));
    void this.settled.then(() => (this.open = false));
  }

  /** Waits for the end of the output. Throws what the listener threw. */
  async end(): Promise<void> {
    for (const outcome of await this.settled)
      if (outcome.status === 'rejected') throw outcome.reason;
  }

  /**
   * Settles when all was read that was printed until now, though a process that left the tree may hold
   * the output open or print to it. A slow listener is waited for. Ends early when `over` says so.
   */
  async drained(over: () => boolean): Promise<void> {
    let seen = this.chunks;
    let quiet = 0;
    this.waitedMs = 0;
    this.waitingSince = performance.now();
    while (this.open && !over() && quiet < QUIET_LOOKS && this.waitedMs < MOST_WAITED_MS) {
      await Promise.race([sleep(LOOK_MS), this.settled]);
      quiet = this.taken === 0 && this.chunks === seen ? quiet + 1 : 0;
      seen = this.chunks;
    }
  }

  private async pump(source: AsyncIterable<Chunk>): Promise<void> {
    const { maxBytes, onOutput, onLimit } = this.options;
    try {
      for await (const [stream, chunk] of source) {
        const room = maxBytes - this.bytes;
        this.bytes += chunk.length;
        this.take();
        if (room > 0) await onOutput?.(stream, chunk.subarray(0, room));
        this.release();
        if (this.bytes > maxBytes) return onLimit();
      }
    } catch (error) {
      // A stream that was closed from outside ends with this code; anything else is the listener's fault.
      if (isStreamEnd(errorCode(error))) return;
      this.options.onFault();
      throw error;
    }
  }

  private take(): void {
    this.chunks += 1;
    this.taken += 1;
    if (this.taken === 1) this.waitedMs += performance.now() - this.waitingSince;
  }

  private release(): void {
    this.taken -= 1;
    if (this.taken === 0) this.waitingSince = performance.now();
  }
}

function isStreamEnd(code: unknown): boolean {
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
}
