import { HilError } from '@hil/contracts';

/**
 * The storage does not answer. What was asked of it happened whole or not at all, and nobody knows
 * which: whoever asks again has to be safe in both cases.
 */
export class StorageUnavailableError extends HilError {
  constructor(cause: unknown) {
    super(
      'service_unavailable',
      'The database does not answer at the moment. Nothing that was accepted is lost; try again.',
      { cause, retryable: true },
    );
    this.name = 'StorageUnavailableError';
  }
}
