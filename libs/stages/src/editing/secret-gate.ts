import { type FileChange, unifiedDiff } from '@hil/code-editing';
import { HilError } from '@hil/contracts';
import { findSecrets } from '@hil/verification';
import { listed } from '../shared/requirements.js';

/**
 * Refuses edits that add a secret, before anything is written: what is never committed need not be taken back.
 * @throws HilError validation_error that names places and kinds, never the secret
 */
export async function refuseSecrets(
  changes: readonly FileChange[],
  knownSecrets: readonly string[],
): Promise<void> {
  const files = changes.map((change) => ({
    path: change.path,
    status: change.status,
    // Whole, so that nothing is past a cut.
    diff: unifiedDiff(change, Infinity).diff,
  }));
  const found = await findSecrets({ files, knownSecrets });
  if (found.length === 0) return;
  const places = found.map(({ where, line, kind, masked }) => `${where}:${line} ${kind} ${masked}`);
  throw new HilError(
    'validation_error',
    `the edit was refused and nothing was written, because it adds what looks like a secret: ${listed(places, 5)}. Read it from the environment instead.`,
  );
}
