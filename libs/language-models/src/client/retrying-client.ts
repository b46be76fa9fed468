import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError } from './model.error.js';
import type { ModelClient, ModelReply, ModelRequest } from './model-client.port.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** A provider that wants more patience than this is as good as away. */
const LONGEST_ASKED_MS = 60_000;

export interface RetryOptions {
  /** Tries after the first. */
  retries: number;
  /** Shortest upper bound of a pause, in ms; grows twofold. */
  firstWaitMs?: number;
  onRetry?: (message: string) => void;
}

/**
 * Asks again after errors that pass: waits a random time below a bound that doubles (so that many
 * workers do not come back at once), and never less than the provider asked for.
 */
export class RetryingClient implements ModelClient {
  readonly name: string;

  constructor(
    private readonly inner: ModelClient,
    private readonly options: RetryOptions,
  ) {
    this.name = inner.name;
  }

  async call(request: ModelRequest): Promise<ModelReply> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.inner.call(request);
      } catch (error) {
        if (!(error instanceof ModelError) || !error.retryable || tries >= this.options.retries)
          throw error;
        const asked = error.more.retryAfterMs ?? 0;
        if (asked > LONGEST_ASKED_MS) throw error;
        const bound = Math.min(
          LONGEST_WAIT_MS,
          (this.options.firstWaitMs ?? FIRST_WAIT_MS) * 2 ** tries,
        );
        const pause = asked + Math.random() * bound;
        this.options.onRetry?.(
          `${error.message}; asking again in ${(pause / 1_000).toFixed(1)} s (${tries + 1} of ${this.options.retries})`,
        );
        await sleep(pause, undefined, { signal: request.signal }).catch(() =>
          request.signal.throwIfAborted(),
        );
      }
    }
  }
}
