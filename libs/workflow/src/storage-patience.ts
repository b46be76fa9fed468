import { setTimeout as sleep } from 'node:timers/promises';
import { StorageUnavailableError } from './storage-unavailable.error.js';

/** How long a worker tries to take or give back a run while the storage is away, in ms; then its lease is over. */
export const STORAGE_AWAY_MS = 60_000;

/**
 * Asks until the storage answers, for `limitMs`; the work has to be safe to be asked again.
 * @throws StorageUnavailableError when it does not answer in time, or the signal aborts
 */
export async function whenStorageAnswers<T>(
  work: () => Promise<T>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await work();
    } catch (error) {
      const over = Date.now() + pause > deadline || signal?.aborted === true;
      if (over || !(error instanceof StorageUnavailableError)) throw error;
      await sleep(pause);
    }
  }
}
