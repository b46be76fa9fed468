import { HilError } from '@hil/contracts';

/**
 * How a request to a forge ended. `uncertain`: nobody knows whether it was done; everything else says
 * that it was not.
 */
export type ForgeFailure =
  'unauthorized' | 'not_found' | 'conflict' | 'refused' | 'rate_limited' | 'uncertain';

/** Thrown when a forge refuses a request or does not answer it. Holds no token and no header. */
export class ForgeError extends HilError {
  constructor(
    readonly failure: ForgeFailure,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
  ) {
    super('forge_unavailable', message, {
      retryable: failure === 'uncertain' || failure === 'rate_limited',
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'ForgeError';
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** What Retry-After or the reset of the rate limit said. */
  readonly retryAfterSeconds: number | undefined;
}

/** What a status means for a request that may have side effects. */
export function failureOf(status: number): ForgeFailure {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'refused';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 409) return 'conflict';
  if (status === 429) return 'rate_limited';
  // 408 and everything from 500 on: a proxy may have given up on a request that was carried out.
  if (status === 408 || status >= 500) return 'uncertain';
  return 'refused';
}

/** Seconds of a Retry-After header, or until the reset of a rate limit (seconds since 1970). */
export function retryAfter(headers: {
  retryAfter?: string | null | undefined;
  reset?: string | null | undefined;
  now?: number;
}): number | undefined {
  const now = headers.now ?? Date.now();
  const { retryAfter: after, reset } = headers;
  if (after !== undefined && after !== null && after !== '') {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return Math.max(0, seconds);
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, Math.ceil((date - now) / 1000));
  }
  const at = Number(reset ?? '');
  if (!Number.isFinite(at) || at <= 0) return undefined;
  return Math.max(0, Math.ceil(at - now / 1000));
}
