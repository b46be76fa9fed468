import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxDriver, type SandboxLimits, type SandboxProbe } from './sandbox.js';

/** Enough to try something out. */
export const PROBE_LIMITS: SandboxLimits = {
  timeoutMs: 10_000,
  memoryMb: 256,
  cpus: 1,
  pids: 32,
  maxOutputBytes: 65_536,
};

/** Runs one command without arguments in an empty folder and reports what the driver enforced. */
export async function probeInFolder(driver: SandboxDriver, command: string): Promise<SandboxProbe> {
  const workspace = await mkdtemp(join(tmpdir(), 'hil-probe-'));
  try {
    const result = await driver.run({ ...PROBE_LIMITS, workspace, argv: [command] });
    const { enforced, unenforced } = result.sandbox;
    if (result.exitCode === 0) return { available: true, enforced, unenforced };
    const reason = result.message ?? `the probe command ended with exit code ${result.exitCode}`;
    return { available: false, reason, enforced: [], unenforced: [] };
  } catch (error) {
    return { available: false, reason: String(error), enforced: [], unenforced: [] };
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}
