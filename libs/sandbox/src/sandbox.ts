import { type SandboxReport } from '@hil/contracts';

/** The drivers in the order `auto` prefers them; `process` is never chosen by itself. */
export type SandboxDriverName = 'docker' | 'bubblewrap' | 'process';

/** A host path shown inside the sandbox. */
export interface SandboxMount {
  /** Absolute host path of a file or directory. */
  source: string;
  /** Absolute path inside; default: the same path. Ignored by drivers that don't isolate the file system. */
  target?: string;
}

/** What one command may use. Units are in the names. */
export interface SandboxLimits {
  /** Wall time. */
  timeoutMs: number;
  /** Memory of the whole tree, page cache of its tmpfs included. */
  memoryMb: number;
  /** CPUs' worth of time, fractions allowed. */
  cpus: number;
  /** Processes and threads alive at once. */
  pids: number;
  /** stdout and stderr together; more ends the command with `output_limit`. */
  maxOutputBytes: number;
}

export type OutputStream = 'stdout' | 'stderr';

/** One command to run. Nothing of the parent's environment is passed on except what the driver documents. */
export interface SandboxSpec extends SandboxLimits {
  /** Absolute host directory, readable and writable inside at `driver.workspacePath(workspace)`. */
  workspace: string;
  argv: readonly [string, ...string[]];
  /** Relative to the workspace; default its root. */
  cwd?: string;
  /** Added to PATH, HOME, TMPDIR, LANG, which the driver sets. Never secrets. */
  env?: Readonly<Record<string, string>>;
  /**
   * `none`: only a loopback of its own. `install`: the outside world and DNS, with package-manager
   * settings of the operator (without credentials), but not the host's loopback.
   */
  network: 'none' | 'install';
  readOnlyMounts?: readonly SandboxMount[];
  writableMounts?: readonly SandboxMount[];
  /** Receives output as it comes; while a returned promise is pending the stream is not read (back-pressure). */
  onOutput?: (stream: OutputStream, chunk: Buffer) => void | Promise<void>;
}

export type SandboxEndReason =
  'exited' | 'timeout' | 'memory_limit' | 'output_limit' | 'aborted' | 'failed_to_start';

export interface SandboxResult {
  /** Null when the command was killed or never started. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  reason: SandboxEndReason;
  /** A sentence for a person when `reason` is not `exited`. */
  message?: string;
  durationMs: number;
  /** What was enforced during this run, and what could not be. */
  sandbox: SandboxReport;
}

export interface SandboxProbe {
  available: boolean;
  /** Why it is not available, or what is limited (e.g. no install network). */
  reason?: string;
  enforced: string[];
  unenforced: string[];
}

/** One way to run a stranger's program. Drivers hold no state a restart could lose. */
export interface SandboxDriver {
  readonly name: SandboxDriverName;
  /** False for `process`: mounts with another target than source can't be made. */
  readonly isolatesFilesystem: boolean;
  /** Where `workspace` is seen by the command. */
  workspacePath(workspace: string): string;
  /** Runs a trivial command once and remembers the answer. Never throws. */
  probe(): Promise<SandboxProbe>;
  /**
   * Runs one command to its end. On abort, timeout or a limit the whole process tree is dead when
   * this resolves. Rejects only on a fault of ours; everything about the command is in the result.
   */
  run(spec: SandboxSpec, options?: { signal?: AbortSignal }): Promise<SandboxResult>;
  /** Removes what runs of dead processes left behind (cgroups, containers). Returns how many. */
  reap(): Promise<number>;
}
