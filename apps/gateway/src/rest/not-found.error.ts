import { HilError } from '@hil/contracts';

/** Thrown for a route that does not exist or has nothing to give. */
export class NotFoundError extends HilError {
  constructor(message: string) {
    super('not_found', message);
    this.name = 'NotFoundError';
  }
}
