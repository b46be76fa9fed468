import { HilError } from '@hil/contracts';

const MESSAGES = {
  no_answer: 'The database does not answer at the moment.',
  disk_full: 'The disk under the database is full; whoever runs this server has to make room.',
} as const;

/**
 * The storage does not answer, or has no room for more. What was asked of it happened whole or not
 * at all, and nobody knows which: whoever asks again has to be safe in both cases.
 */
export class StorageUnavailableError extends HilError {
  constructor(cause: unknown, reason: keyof typeof MESSAGES = 'no_answer') {
    super(
      'service_unavailable',
      `${MESSAGES[reason]} Nothing that was accepted is lost; try again.`,
      { cause, retryable: true },
    );
    this.name = 'StorageUnavailableError';
  }
}
