import { type Overlay, runGates } from '@hil/code-editing';
import { HilError } from '@hil/contracts';
import { listed } from '../shared/requirements.js';
import { ScopeExceeded } from './scope-exceeded.js';
import { refuseSecrets } from './secret-gate.js';

/** @throws HilError when the edit is wrong, ScopeExceeded when only its reach is; nothing was written */
export async function gateEdits(
  overlay: Overlay,
  options: Parameters<typeof runGates>[1],
  knownSecrets: readonly string[],
): Promise<void> {
  await refuseSecrets(await overlay.changedFiles(), knownSecrets);
  const { findings } = await runGates(overlay, options);
  const wrong = findings.filter((finding) => finding.gate !== 'scope');
  if (wrong.length > 0) {
    const reasons = wrong.map(
      ({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`}: ${message}`,
    );
    throw new HilError(
      'validation_error',
      `the edit was refused and nothing was written: ${listed(reasons, 5)}`,
    );
  }
  if (findings.length === 0) return;
  const files = findings.map(({ path }) => path);
  const message = `The edit wants to change files outside the plan: ${listed(files)}.`;
  throw new ScopeExceeded(message, files);
}
