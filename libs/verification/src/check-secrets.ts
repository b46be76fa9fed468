import { type Judged, broken, list, notInstalled } from './judged.js';
import { findLeaks, findSecrets, type SecretFinding } from './secret-scan.js';
import { findTool } from './tools/run-tool.js';
import type { VerifyChangeInput } from './verify-change.js';

/** Looks for secrets in everything that will be published; a finding stops it. */
export async function checkSecrets(
  input: VerifyChangeInput,
): Promise<{ items: Judged[]; secrets: SecretFinding[] }> {
  const check = 'secrets';
  try {
    const secrets = await findSecrets(input);
    const leaks = await checkGitleaks(input);
    return {
      items: [secretItem(check, secrets), leaks.item],
      secrets: [...secrets, ...leaks.secrets],
    };
  } catch (error) {
    input.signal?.throwIfAborted();
    // Not knowing is no reason to publish.
    const message = `the scan broke, so nothing may be published: ${String(error)}`;
    return { items: [{ check, status: 'failed', message }], secrets: [] };
  }
}

function secretItem(check: string, secrets: readonly SecretFinding[]): Judged {
  if (secrets.length === 0) {
    const message = 'none found in added lines, commit messages and pull request text';
    return { check, status: 'passed', message };
  }
  const found = secrets.map(
    ({ where, line, kind, masked }) => `${where}:${line} ${kind} ${masked}`,
  );
  return { check, status: 'failed', message: list(found) };
}

/** A second opinion where the operator has installed it. One that breaks is for a person to judge. */
async function checkGitleaks(
  input: VerifyChangeInput,
): Promise<{ item: Judged; secrets: SecretFinding[] }> {
  const check = 'gitleaks';
  const program = await findTool('gitleaks', input.toolPath);
  if (program === null) return { item: notInstalled(check), secrets: [] };
  try {
    const secrets = await findLeaks(program, input, input.signal);
    return { item: secretItem(check, secrets), secrets };
  } catch (error) {
    input.signal?.throwIfAborted();
    return { item: broken(check, error), secrets: [] };
  }
}
