import { HilError } from '@hil/contracts';

/**
 * Waits for an answer, but not for ever: drivers retry lost connections without end.
 * @throws HilError `service_unavailable` (retryable) when it fails or is not there after `limitMs`.
 */
export async function inTime<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new HilError(
      'service_unavailable',
      `${what} does not answer. Check that it runs and can be reached from here.`,
      { cause, retryable: true },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** True when the promise settles within the time. */
export async function settles(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
