import { HilError } from '@hil/contracts';
import { BubblewrapDriver } from './bubblewrap.driver.js';
import { DockerDriver } from './docker/docker.driver.js';
import { OfflineDriver } from './offline.driver.js';
import { ProcessDriver } from './process.driver.js';
import { type SandboxDriver, type SandboxDriverName, type SandboxProbe } from './sandbox.js';

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

/** What the operator set about sandboxes (SANDBOX_*). */
export interface SandboxSettings {
  /** Limits without which nothing runs. */
  require?: readonly string[];
  /** `none`: nothing is ever installed. */
  network?: 'none' | 'install-only';
  /** Image of docker sandboxes; default: the first of ours that was built. */
  image?: string | undefined;
  /** OCI runtime of docker sandboxes. */
  runtime?: string | undefined;
  /** Hosts in private networks that installations may reach. */
  installHosts?: readonly string[];
}

export interface SelectSandboxOptions extends SandboxSettings {
  /** The value of SANDBOX. */
  mode: 'auto' | SandboxDriverName;
  /** Drivers that are tried; default: all of this build. */
  drivers?: readonly SandboxDriver[];
}

const made = new Map<string, readonly SandboxDriver[]>();

/** One set of drivers per setting: each remembers what its probe found. */
function builtIn({ image, runtime, installHosts }: SandboxSettings): readonly SandboxDriver[] {
  const key = JSON.stringify([image, runtime, installHosts]);
  const drivers = made.get(key) ?? [
    new DockerDriver({ image, runtime, ...(installHosts ? { installHosts } : {}) }),
    new BubblewrapDriver(installHosts),
    new ProcessDriver(),
  ];
  made.set(key, drivers);
  return drivers;
}

/**
 * Picks the driver for SANDBOX. `auto` takes the first isolating driver whose probe succeeds and that
 * enforces what is required, and never the process driver; a named driver is taken or refused.
 * Throws HilError no_sandbox when a named driver is not usable here.
 */
export async function selectSandbox(options: SelectSandboxOptions): Promise<SandboxSelection> {
  const drivers = options.drivers ?? builtIn(options);
  const candidates = drivers.filter((driver) =>
    options.mode === 'auto' ? driver.name !== 'process' : driver.name === options.mode,
  );
  const tried: SandboxAttempt[] = [];
  for (const driver of candidates) {
    const probe = await driver.probe();
    const lacking = probe.available ? missing(probe, options.require ?? []) : [];
    const available = probe.available && lacking.length === 0;
    const reason = lacking.length > 0 ? cannot(lacking) : probe.reason;
    tried.push({ name: driver.name, available, ...(reason === undefined ? {} : { reason }) });
    if (available) {
      return { driver: options.network === 'none' ? new OfflineDriver(driver) : driver, tried };
    }
  }
  if (options.mode === 'auto') return { driver: null, tried };
  const why = tried[0]?.reason ?? 'this installation has no such driver';
  throw new HilError(
    'no_sandbox',
    `SANDBOX=${options.mode} can't be used: ${why}. Set SANDBOX=auto to use what this machine has.`,
  );
}

/**
 * Whether a person may be asked to run without a sandbox. Null: yes. Else a sentence that says what the
 * operator requires (SANDBOX_REQUIRE) and a plain process can't give.
 */
export async function unsandboxedProblem(require: readonly string[]): Promise<string | null> {
  const lacking = missing(await new ProcessDriver().probe(), require);
  return lacking.length === 0 ? null : `a plain process ${cannot(lacking)}`;
}

/** Removes what dead runners left, under every driver. Returns how many things there were. */
export async function reapSandboxes(settings: SandboxSettings = {}): Promise<number> {
  const counts = await Promise.all(
    // A daemon that is not there has nothing of ours either.
    builtIn(settings).map((driver) => driver.reap().catch(() => 0)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

function missing(probe: SandboxProbe, require: readonly string[]): string[] {
  return require.filter((limit) => !probe.enforced.includes(limit));
}

function cannot(limits: readonly string[]): string {
  return `can't enforce ${limits.join(', ')} here, which SANDBOX_REQUIRE asks for`;
}
