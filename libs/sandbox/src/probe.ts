import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxDriver, type SandboxProbe } from './sandbox.js';

/** Runs one command without arguments in an empty folder and reports what the driver enforced. */
export async function probeInFolder(driver: SandboxDriver, command: string): Promise<SandboxProbe> {
  const workspace = await mkdtemp(join(tmpdir(), 'hil-probe-'));
  try {
    const result = await driver.run({
      workspace,
      argv: [command],
      timeoutMs: 10_000,
      memoryMb: 256,
      cpus: 1,
      pids: 32,
      maxOutputBytes: 65_536,
    });
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
