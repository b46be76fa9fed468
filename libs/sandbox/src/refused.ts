import { type SandboxDriverName, type SandboxEndReason, type SandboxResult } from './sandbox.js';

/** The result of a command that never ran. */
export function refused(
  driver: SandboxDriverName,
  message: string,
  reason: SandboxEndReason = 'failed_to_start',
): SandboxResult {
  const sandbox = { driver, enforced: [], unenforced: [] };
  return { exitCode: null, signal: null, reason, message, durationMs: 0, sandbox };
}
