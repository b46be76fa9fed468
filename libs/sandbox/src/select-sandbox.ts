import { HilError } from '@hil/contracts';
import { BubblewrapDriver } from './bubblewrap.driver.js';
import { ProcessDriver } from './process.driver.js';
import { type SandboxDriver, type SandboxDriverName } from './sandbox.js';

export interface SandboxAttempt {
  name: SandboxDriverName;
  available: boolean;
  reason?: string;
}

export interface SandboxSelection {
  /** Null only under `auto`: the caller then asks a person, who may allow the process driver. */
  driver: SandboxDriver | null;
  tried: SandboxAttempt[];
}

export interface SelectSandboxOptions {
  /** The value of SANDBOX. */
  mode: 'auto' | SandboxDriverName;
  /** Drivers that are tried; default: all of this build. */
  drivers?: readonly SandboxDriver[];
}

const builtIn: readonly SandboxDriver[] = [new BubblewrapDriver(), new ProcessDriver()];

/**
 * Picks the driver for SANDBOX. `auto` takes the first isolating driver whose probe succeeds and never
 * the process driver; a named driver is taken or refused.
 * Throws HilError no_sandbox when a named driver is not usable here.
 */
export async function selectSandbox(options: SelectSandboxOptions): Promise<SandboxSelection> {
  const drivers = options.drivers ?? builtIn;
  const candidates = drivers.filter((driver) =>
    options.mode === 'auto' ? driver.name !== 'process' : driver.name === options.mode,
  );
  const tried: SandboxAttempt[] = [];
  for (const driver of candidates) {
    const { available, reason } = await driver.probe();
    tried.push({ name: driver.name, available, ...(reason === undefined ? {} : { reason }) });
    if (available) return { driver, tried };
  }
  if (options.mode === 'auto') return { driver: null, tried };
  const why = tried[0]?.reason ?? 'this installation has no such driver';
  throw new HilError(
    'no_sandbox',
    `SANDBOX=${options.mode} can't be used: ${why}. Set SANDBOX=auto to use what this machine has.`,
  );
}
