import { HilError } from '@hil/contracts';

/** Thrown for a route or file that is not there. REST answers 404; the code table has no word for it. */
export class NotFoundError extends HilError {
  constructor(message: string) {
    super('validation_error', message);
    this.name = 'NotFoundError';
  }

  override get status(): number {
    return 404;
  }
}
