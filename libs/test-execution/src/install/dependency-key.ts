import { createHash } from 'node:crypto';
import { type Toolchains } from '@hil/sandbox';
import { readRepositoryFile } from '../detect/repository-files.js';
import { type TestSuite } from '../suite.js';

/** Goes up when the same manifests are installed differently: what an older version left is not used then. */
const INSTALLER_VERSION = 4;

/**
 * What an installation depends on, as a SHA-256 in hex: the manifests and lock files, how they are
 * installed, and the toolchains. The same key before and after a change means that one installation
 * serves both. Null when the suite installs nothing.
 */
export async function dependencyKey(
  dir: string,
  suite: TestSuite,
  toolchains: Pick<Toolchains, 'fingerprint'>,
): Promise<string | null> {
  const plan = suite.installPlan;
  if (plan === null) return null;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      INSTALLER_VERSION,
      plan.manager,
      plan.summary,
      plan.root,
      plan.version ?? null,
      plan.commands ?? null,
      suite.framework,
      toolchains.fingerprint,
    ]),
  );
  for (const path of plan.inputs) {
    hash.update(JSON.stringify([path, await readRepositoryFile(dir, path)]));
  }
  return hash.digest('hex');
}
