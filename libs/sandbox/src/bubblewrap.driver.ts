import { type SandboxReport } from '@hil/contracts';
import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { release } from 'node:os';
import { type Readable, type Writable } from 'node:stream';
import { Cgroup, reapCgroups } from './cgroup.js';
import { bubblewrapCall, staysInside, WORKSPACE } from './bubblewrap.arguments.js';
import { findExecutable } from './find-executable.js';
import {
  type InstallNetwork,
  installNetworkProblem,
  openInstallNetwork,
} from './install-network.js';
import { closedStdio } from './inherited-descriptors.js';
import { readInstallSettings } from './install-settings.js';
import { descendants, killById, signalProcess } from './process-tree.js';
import { probeInFolder } from './probe.js';
import {
  type SandboxDriver,
  type SandboxProbe,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxSpec,
} from './sandbox.js';
import { supervise } from './supervise.js';
import { discoverToolchains, type Toolchains } from './toolchains.js';

const STATUS_FD = 3;
const BLOCK_FD = 4;
const FIRST_FILE_FD = 5;
const ALWAYS = ['filesystem', 'environment', 'processes', 'user_namespaces', 'wall_time', 'output'];

/**
 * Runs commands under bubblewrap: own user, process, IPC, host-name and network namespaces, a minimal
 * read-only file system, no environment of ours, and cgroup limits where they can be written.
 * Works for root and for ordinary users; never reports a limit it could not set.
 */
export class BubblewrapDriver implements SandboxDriver {
  readonly name = 'bubblewrap';
  readonly isolatesFilesystem = true;
  private probed: Promise<SandboxProbe> | undefined;

  workspacePath(_workspace: string): string {
    return WORKSPACE;
  }

  probe(): Promise<SandboxProbe> {
    this.probed ??= this.tryOut();
    return this.probed;
  }

  private async tryOut(): Promise<SandboxProbe> {
    if ((await findExecutable('bwrap')) === null) {
      const reason = 'bwrap not found; install bubblewrap';
      return { available: false, reason, enforced: [], unenforced: [] };
    }
    const probe = await probeInFolder(this, 'true');
    if (!probe.available) return probe;
    const problem = await installNetworkProblem();
    return problem === null ? probe : { ...probe, reason: problem };
  }

  toolchains(): Promise<Toolchains> {
    return discoverToolchains();
  }

  async run(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    return this.runIn(null, spec, options.signal);
  }

  async prepare(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    const problem = await installNetworkProblem();
    if (problem !== null) return this.refuse(problem);
    let network: InstallNetwork;
    try {
      network = await openInstallNetwork();
    } catch (error) {
      return this.refuse(`dependencies can't be installed: ${String(error)}`);
    }
    try {
      return await this.runIn(network, spec, options.signal);
    } finally {
      network.close();
    }
  }

  kill(id: string): Promise<number> {
    return killById(id);
  }

  private refuse(message: string): SandboxResult {
    return {
      exitCode: null,
      signal: null,
      reason: 'failed_to_start',
      message,
      durationMs: 0,
      sandbox: { driver: this.name, enforced: [], unenforced: [] },
    };
  }

  private async runIn(
    network: InstallNetwork | null,
    spec: SandboxSpec,
    signal: AbortSignal | undefined,
  ): Promise<SandboxResult> {
    if (!staysInside(spec.cwd ?? '.')) return this.refuse(`${spec.cwd} is outside the workspace`);
    const toolchains = await discoverToolchains();
    const install = network === null ? undefined : await readInstallSettings();
    const cgroup = await Cgroup.create(spec);
    const nproc = cgroup.enforced.includes('pids') ? false : rlimitBoundsProcesses();
    const { args, files } = bubblewrapCall({
      spec: { ...spec, workspace: await realpath(spec.workspace) },
      toolchains,
      ...(install ? { install } : {}),
      statusFd: STATUS_FD,
      blockFd: BLOCK_FD,
      firstFileFd: FIRST_FILE_FD,
      commandPrefix: nproc ? ['prlimit', `--nproc=${spec.pids}`, '--core=0', '--'] : [],
    });
    const [command = 'bwrap', ...rest] = [...(network?.prefix ?? []), 'bwrap', ...args];
    const pipes = Array.from({ length: FIRST_FILE_FD - 3 + files.size }, () => 'pipe' as const);
    const descriptors = closedStdio(['ignore', 'pipe', 'pipe', ...pipes] as const);
    const child = spawn(command, rest, {
      cwd: '/',
      env: { PATH: process.env['PATH'] },
      stdio: descriptors.stdio,
    });
    descriptors.close();
    for (const stream of child.stdio.slice(3)) stream?.on('error', () => {});
    for (const [fd, content] of files) (child.stdio[fd] as Writable).end(content);

    const status = followStatus(child.stdio[STATUS_FD] as Readable);
    // Limits first, command second: bwrap waits for this byte.
    const limited = status.started.then(async (pid) => {
      if (pid !== null) await cgroup.add(pid);
      (child.stdio[BLOCK_FD] as Writable).end('x');
    });
    let complaint = '';
    try {
      const ending = await supervise(
        child,
        {
          terminate: async () => {
            const root = status.pid();
            if (root === null) child.kill('SIGKILL');
            else for (const pid of await descendants(root)) signalProcess(pid, 'SIGTERM');
          },
          kill: () => {
            // bwrap has ended, so its namespace has too; the number may be somebody else's by now.
            if (child.exitCode !== null || child.signalCode !== null) return;
            // The first process of the namespace: the kernel ends all others with it, and bwrap,
            // left alive, collects it.
            const root = status.pid();
            if (root !== null) signalProcess(root, 'SIGKILL');
            else child.kill('SIGKILL');
          },
        },
        {
          ...spec,
          onOutput: (stream, chunk) => {
            if (stream === 'stderr' && complaint.length < 2000) complaint += chunk.toString();
            return spec.onOutput?.(stream, chunk);
          },
        },
        signal,
      );
      await limited;
      const limits = ['memory', 'pids', 'cpu'] as const;
      const enforced = [...cgroup.enforced, ...(nproc ? ['pids'] : [])];
      const sandbox: SandboxReport = {
        driver: this.name,
        enforced: [...ALWAYS, network === null ? 'network' : 'host_loopback', ...enforced],
        unenforced: [...limits.filter((limit) => !enforced.includes(limit)), 'disk'],
      };
      if (network !== null) {
        (network.hostAddressesBlocked ? sandbox.enforced : sandbox.unenforced).push(
          'host_addresses',
        );
      }
      const result: SandboxResult = { ...ending, sandbox };
      if (ending.reason !== 'exited' || ending.exitCode === 0) return result;
      if (await cgroup.ranOutOfMemory()) {
        const message = `The command needed more than ${spec.memoryMb} MB of memory.`;
        return { ...result, reason: 'memory_limit', message };
      }
      if (status.commandEnded()) return result;
      const message = `The sandbox could not start the command: ${lastLine(complaint)}`;
      return { ...result, exitCode: null, reason: 'failed_to_start', message };
    } finally {
      await cgroup.remove();
    }
  }

  reap(): Promise<number> {
    return reapCgroups();
  }
}

/** bwrap reports `{"child-pid": n}` when set up and `{"exit-code": n}` only if the command was executed. */
function followStatus(stream: Readable) {
  let text = '';
  let pid: number | null = null;
  const started = new Promise<number | null>((resolve) => {
    stream.on('data', (data: Buffer) => {
      text += data.toString();
      const match = /"child-pid":\s*(\d+)/.exec(text);
      if (match) {
        pid = Number(match[1]);
        resolve(pid);
      }
    });
    stream.once('close', () => resolve(pid));
  });
  return { started, pid: () => pid, commandEnded: () => text.includes('"exit-code"') };
}

/** Linux counts processes per user namespace since 5.14; the limit never holds for root. */
function rlimitBoundsProcesses(): boolean {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return process.getuid?.() !== 0 && (major > 5 || (major === 5 && minor >= 14));
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
