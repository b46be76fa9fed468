import { type SandboxReport } from '@hil/contracts';
import { type Toolchains } from './toolchains.js';

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
  /** Processor time of the whole tree, in seconds; default: the wall time on all its CPUs. */
  cpuSeconds?: number;
  /** What the tree may add to the workspace and the writable mounts; default {@link DEFAULT_DISK_MB}. */
  diskMb?: number;
}

/** Disk a command may fill when its caller says nothing. */
export const DEFAULT_DISK_MB = 4096;

export type OutputStream = 'stdout' | 'stderr';

/** One command to run. Nothing of the parent's environment is passed on except what the driver documents. */
export interface SandboxSpec extends SandboxLimits {
  /** Names the command for `kill`, e.g. the id of the run; several commands may share it. */
  id?: string;
  /** Image for drivers that run images (docker), see `chooseImage`; the others ignore it. */
  image?: string;
  /** Absolute host directory, readable and writable inside at `driver.workspacePath(workspace)`. */
  workspace: string;
  argv: readonly [string, ...string[]];
  /** Relative to the workspace; default its root. */
  cwd?: string;
  /** Added to PATH, HOME, TMPDIR, LANG, which the driver sets. Never secrets. */
  env?: Readonly<Record<string, string>>;
  readOnlyMounts?: readonly SandboxMount[];
  writableMounts?: readonly SandboxMount[];
  /** Receives output as it comes; while a returned promise is pending the stream is not read (back-pressure). */
  onOutput?: (stream: OutputStream, chunk: Buffer) => void | Promise<void>;
}

/**
 * Why a command ended. `exited`: by itself, whatever its exit code. The limits: `timeout` (wall time),
 * `cpu_limit`, `memory_limit`, `process_limit`, `disk_limit` (workspace, or a full /tmp), `output_limit`.
 */
export type SandboxEndReason =
  | 'exited'
  | 'timeout'
  | 'cpu_limit'
  | 'memory_limit'
  | 'process_limit'
  | 'disk_limit'
  | 'output_limit'
  | 'aborted'
  | 'failed_to_start';

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

export interface SandboxRunOptions {
  signal?: AbortSignal;
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
  /** What commands find inside: of the image where there is one, else of this machine. */
  toolchains(image?: string): Promise<Toolchains>;
  /**
   * The install phase: as `run`, but with the outside world and DNS, from a network namespace of its
   * own out of which this host and private networks can't be reached, and with the operator's
   * package-manager settings without their credentials.
   */
  prepare(spec: SandboxSpec, options?: SandboxRunOptions): Promise<SandboxResult>;
  /**
   * Runs one command to its end, without any network but a loopback of its own. On abort, timeout or
   * a limit the whole process tree is dead when this resolves. Rejects only on a fault of ours;
   * everything about the command is in the result.
   */
  run(spec: SandboxSpec, options?: SandboxRunOptions): Promise<SandboxResult>;
  /** Ends every command with this `id`, whichever process started it. Returns how many. */
  kill(id: string): Promise<number>;
  /** Removes what runs of dead processes left behind (cgroups, containers). Returns how many. */
  reap(): Promise<number>;
}
