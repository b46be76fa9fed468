import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { discoverToolchains } from '@hil/sandbox';
import { readRepositoryFile } from './repository-files.js';
import { type TestSuite } from './suite.js';

/**
 * What an installation depends on, as a SHA-256 in hex: the manifests and lock files, how they are
 * installed, and the interpreter. The same key before and after a change means that one installation
 * serves both. Null when the suite installs nothing.
 */
export async function dependencyKey(dir: string, suite: TestSuite): Promise<string | null> {
  const plan = suite.installPlan;
  if (plan === null) return null;
  const { found } = await discoverToolchains();
  const interpreter = plan.manager === 'pip' ? found.python3 : found.node;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      plan.manager,
      plan.summary,
      plan.root,
      suite.framework,
      interpreter ? await realpath(interpreter) : null,
      process.version,
      process.arch,
    ]),
  );
  for (const path of plan.inputs) {
    hash.update(JSON.stringify([path, await readRepositoryFile(dir, path)]));
  }
  return hash.digest('hex');
}
