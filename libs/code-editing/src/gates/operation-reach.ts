import { HilError } from '@hil/contracts';
import { linesOf } from '../operations/align-lines.js';

/**
 * Checks that a file did not become shorter by more lines than the operation covers: those it searched for,
 * at each of its places, or none where it only adds. A last line of defence: what it finds is a fault of the
 * matching above it.
 * @throws HilError `validation_error`; the caller takes the edit back
 */
export function requireReach(path: string, before: string, after: string, covered: number): void {
  const lost = linesOf(before).length - linesOf(after).length;
  if (lost <= covered) return;
  throw new HilError(
    'validation_error',
    `${path}: the edit would remove ${lost} lines and is about ${covered}, so it was taken back. Send it with more context.`,
  );
}
