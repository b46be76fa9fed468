import { HilError } from '@hil/contracts';

/** How REST answers when it can. */
export interface SuccessEnvelope {
  status: 'success';
  data: unknown;
  message?: string;
}

/** How REST answers when it can't. */
export interface ErrorEnvelope {
  status: 'error';
  message: string;
  code: HilError['code'];
  details?: Record<string, unknown>;
}

export function errorEnvelope(error: HilError): ErrorEnvelope {
  return {
    status: 'error',
    message: error.message,
    code: error.code,
    ...(error.details === undefined ? {} : { details: error.details }),
  };
}

/**
 * The error a client may see. What is not a HilError is a fault of this server: its text may hold
 * anything, so it goes to the log and the client gets a sentence.
 */
export function presentable(error: unknown, log: (error: unknown) => void): HilError {
  if (error instanceof HilError) {
    if (error.code === 'internal_error') log(error);
    return error;
  }
  log(error);
  return new HilError(
    'internal_error',
    'this server failed to do that; its log has the reason. Trying again may help',
    { cause: error, retryable: true },
  );
}
