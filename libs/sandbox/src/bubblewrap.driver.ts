import { type SandboxReport } from '@hil/contracts';
import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { release } from 'node:os';
import { type Readable, type Writable } from 'node:stream';
import { Cgroup, reapCgroups } from './cgroup.js';
import {
  bubblewrapCall,
  type BubblewrapSetting,
  staysInside,
  WORKSPACE,
} from './bubblewrap.arguments.js';
import { asNobody, NOBODY } from './bubblewrap-user.js';
import { CommandUser, type SeenAs } from './command-user.js';
import { findExecutable } from './find-executable.js';
import { giveTo, ROOT } from './host-user.js';
import {
  type InstallNetwork,
  installNetworkProblem,
  openInstallNetwork,
} from './install-network.js';
import { DiskWatch, isAnyFull } from './disk-watch.js';
import { closedStdio } from './inherited-descriptors.js';
import { type InstallSettings, readInstallSettings } from './install-settings.js';
import { descendants, killById, signalProcess } from './process-tree.js';
import { diskMb, nameTheLimit, overCpuTime } from './limits.js';
import { probeInFolder } from './probe.js';
import { refused } from './refused.js';
import {
  type SandboxDriver,
  type SandboxProbe,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxSpec,
} from './sandbox.js';
import { followChild, supervise } from './supervise.js';
import { discoverToolchains, type Toolchains } from './toolchains.js';

const STATUS_FD = 3;
const BLOCK_FD = 4;
const FIRST_FILE_FD = 5;
const ALWAYS = [
  'filesystem', 'environment', 'processes', 'user_namespaces', 'wall_time', 'output', 'tmp', 'disk',
]; // prettier-ignore
/** Those that need cgroups. */
const LIMITS = ['memory', 'pids', 'cpu', 'cpu_time'];

/** One run, everything of which is there but its group. */
interface PreparedRun {
  network: (InstallNetwork & { settings: InstallSettings }) | null;
  spec: SandboxSpec;
  signal: AbortSignal | undefined;
  seenAs: SeenAs;
  /** Those that the command may write to. */
  folders: string[];
  shown: Omit<BubblewrapSetting, 'statusFd' | 'blockFd' | 'firstFileFd' | 'commandPrefix'> & {
    prefix: string[];
  };
}

/**
 * Runs commands under bubblewrap: own user, process, IPC, host-name and network namespaces, a minimal
 * read-only file system, no environment of ours, and cgroup limits where they can be written.
 * Works for root and for ordinary users; never reports a limit it could not set.
 */
export class BubblewrapDriver implements SandboxDriver {
  readonly name = 'bubblewrap';
  readonly isolatesFilesystem = true;
  private probed: Promise<SandboxProbe> | undefined;
  private readonly user = new CommandUser((spec) => this.runIn(null, spec, undefined, 'nobody'));

  /** `installHosts`: hosts in private networks that installations may reach besides those of settings. */
  constructor(private readonly installHosts: readonly string[] = []) {}

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
    const asRoot = probe.unenforced.includes('unprivileged_user');
    if (asRoot && this.user.remembered !== 'root') this.probed = undefined;
    if (!probe.available) return probe;
    const problem = await installNetworkProblem();
    return problem === null ? probe : { ...probe, reason: problem };
  }

  toolchains(): Promise<Toolchains> {
    return discoverToolchains();
  }

  async run(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    return this.runIn(null, spec, options.signal, await this.user.ask());
  }

  async prepare(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    const problem = await installNetworkProblem();
    if (problem !== null) return refused(this.name, problem);
    const install = await readInstallSettings();
    const seenAs = await this.user.ask();
    let network: InstallNetwork;
    try {
      const hosts = [...install.hosts, ...this.installHosts];
      network = await openInstallNetwork(hosts, seenAs !== 'nobody');
    } catch (error) {
      return refused(this.name, `dependencies can't be installed: ${String(error)}`);
    }
    try {
      const whole = { ...network, settings: install };
      return await this.runIn(whole, spec, options.signal, seenAs);
    } finally {
      network.close();
    }
  }

  kill(id: string): Promise<number> {
    return killById(id);
  }

  private async runIn(
    network: PreparedRun['network'],
    spec: SandboxSpec,
    signal: AbortSignal | undefined,
    seenAs: SeenAs,
  ): Promise<SandboxResult> {
    if (!staysInside(spec.cwd ?? '.'))
      return refused(this.name, `${spec.cwd} is outside the workspace`);
    if (signal?.aborted) return refused(this.name, 'The command was cancelled.', 'aborted');
    const toolchains = await discoverToolchains();
    const folders = [spec.workspace, ...(spec.writableMounts ?? []).map(({ source }) => source)];
    // Root again where an earlier run was nobody: inside, root has no right to what is of other users.
    if (seenAs !== 'self') await giveTo(seenAs === 'nobody' ? NOBODY : ROOT, folders);
    const own = {
      spec: { ...spec, workspace: await realpath(spec.workspace) },
      toolchains,
      ...(network ? { install: network.settings } : {}),
    };
    const shown = seenAs === 'nobody' ? await asNobody(own) : { ...own, prefix: [] };
    const cgroup = await Cgroup.create(spec);
    try {
      return await this.runInGroup(cgroup, { network, spec, signal, seenAs, folders, shown });
    } finally {
      await cgroup.remove();
    }
  }

  private async runInGroup(
    cgroup: Cgroup,
    { network, spec, signal, seenAs, folders, shown: { prefix, ...shown } }: PreparedRun,
  ): Promise<SandboxResult> {
    const nproc = cgroup.enforced.includes('pids') ? false : rlimitBoundsProcesses();
    const { args, files } = bubblewrapCall({
      ...shown,
      statusFd: STATUS_FD,
      blockFd: BLOCK_FD,
      firstFileFd: FIRST_FILE_FD,
      commandPrefix: nproc ? ['prlimit', `--nproc=${spec.pids}`, '--'] : [],
    });
    const rlimits = ['prlimit', '--core=0', `--fsize=${diskMb(spec) * 1024 * 1024}`, '--'];
    const line = [...(network?.prefix ?? []), ...prefix, ...rlimits, 'bwrap', ...args];
    const [command = 'bwrap', ...rest] = line;
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
    let tmpFull = false;
    const disk = new DiskWatch(folders, diskMb(spec));
    const ending = await supervise(
      {
        ...followChild(child),
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
        overLimit: async () => {
          tmpFull ||= await isAnyFull(`/proc/${status.pid()}/root`);
          return overCpuTime(await cgroup.usage(), spec) ?? disk.overLimit();
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
    const { oomKills, refusedForks } = await cgroup.usage();
    const facts = { outOfMemory: oomKills > 0, processLimitHit: refusedForks > 0, tmpFull };
    const named = nameTheLimit(ending, facts, spec);
    const sandbox = this.report(seenAs, network, [...cgroup.enforced, ...(nproc ? ['pids'] : [])]);
    const executed = status.commandEnded() && !/^prlimit: failed to execute/m.test(complaint);
    if (named.reason !== 'exited' || executed) return { ...named, sandbox };
    const message = `The sandbox could not start the command: ${lastLine(complaint)}`;
    return { ...named, exitCode: null, reason: 'failed_to_start', message, sandbox };
  }

  private report(seenAs: SeenAs, network: InstallNetwork | null, limits: string[]): SandboxReport {
    const set = limits.map((name) => (name === 'cpuacct' ? 'cpu_time' : name));
    const sandbox: SandboxReport = {
      driver: this.name,
      enforced: [...ALWAYS, network === null ? 'network' : 'host_loopback', ...set],
      unenforced: LIMITS.filter((limit) => !set.includes(limit)),
    };
    (seenAs === 'root' ? sandbox.unenforced : sandbox.enforced).push('unprivileged_user');
    if (network !== null) {
      const list = network.privateAddressesBlocked ? sandbox.enforced : sandbox.unenforced;
      list.push('private_addresses');
    }
    return sandbox;
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
