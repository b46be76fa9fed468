import { ERROR_CODES, type ErrorCode } from './error-codes.js';

/** Options of {@link HilError}. */
export interface HilErrorOptions {
  cause?: unknown;
  /** True when the same attempt may succeed later without any change by the person. */
  retryable?: boolean;
  /** Structured facts for the client; never secrets. */
  details?: Record<string, unknown>;
}

/** Thrown for every failure a client may see: a stable code and a sentence that says what to do next. */
export class HilError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: HilErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HilError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details;
  }

  /** The HTTP status REST answers with. */
  get status(): number {
    return ERROR_CODES[this.code];
  }

  /** Any thrown value as a HilError; unknown ones become `internal_error` and keep their cause. */
  static from(error: unknown): HilError {
    if (error instanceof HilError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new HilError('internal_error', message, { cause: error, retryable: true });
  }
}
