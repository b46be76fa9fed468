import { type SandboxReport } from '@hil/contracts';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staysInside } from './bubblewrap.arguments.js';
import { DiskWatch } from './disk-watch.js';
import { closedStdio } from './inherited-descriptors.js';
import { type InstallSettings, readInstallSettings } from './install-settings.js';
import { diskMb } from './limits.js';
import { ID_VARIABLE, killById, processesWithEnvironment, signalProcess } from './process-tree.js';
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

const ENFORCED = ['wall_time', 'output'];
const UNENFORCED = [
  'filesystem', 'unprivileged_user', 'network', 'host_loopback', 'processes', 'user_namespaces', 'memory', 'pids', 'cpu', 'cpu_time',
  'tmp', 'disk',
]; // prettier-ignore
const MARK = 'HIL_SANDBOX_RUN';

/**
 * No sandbox: a plain child process in a group of its own, with a built environment and a throw-away
 * HOME. Only for an explicit choice of the operator (SANDBOX=process) or of a person in the run.
 */
export class ProcessDriver implements SandboxDriver {
  readonly name = 'process';
  readonly isolatesFilesystem = false;

  workspacePath(workspace: string): string {
    return workspace;
  }

  probe(): Promise<SandboxProbe> {
    return Promise.resolve({ available: true, enforced: ENFORCED, unenforced: UNENFORCED });
  }

  toolchains(): Promise<Toolchains> {
    return discoverToolchains();
  }

  /** The network is that of this machine in both phases; only the settings differ. */
  async prepare(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    return this.start(spec, await readInstallSettings(), options);
  }

  run(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    return this.start(spec, null, options);
  }

  kill(id: string): Promise<number> {
    return killById(id);
  }

  private async start(
    spec: SandboxSpec,
    install: InstallSettings | null,
    options: SandboxRunOptions,
  ): Promise<SandboxResult> {
    const sandbox: SandboxReport = {
      driver: this.name,
      enforced: [...ENFORCED],
      unenforced: [...UNENFORCED],
    };
    const refuse = (message: string) => ({ ...refused(this.name, message), sandbox });
    if (!staysInside(spec.cwd ?? '.')) return refuse(`${spec.cwd} is outside the workspace`);
    const mounts = [...(spec.readOnlyMounts ?? []), ...(spec.writableMounts ?? [])];
    const moved = mounts.find((mount) => (mount.target ?? mount.source) !== mount.source);
    if (moved) return refuse(`a plain process can't see ${moved.source} as ${moved.target}`);

    const toolchains = await discoverToolchains();
    const scratch = await mkdtemp(join(tmpdir(), `hil-process-${process.pid}-`));
    const [home, temporary] = [join(scratch, 'home'), join(scratch, 'tmp')];
    try {
      await Promise.all([mkdir(home), mkdir(temporary)]);
      if (install) await writeFile(join(home, '.npmrc'), install.npmrc);
      const mark = randomUUID();
      const [command, ...args] = spec.argv;
      const descriptors = closedStdio(['ignore', 'pipe', 'pipe'] as const);
      const child = spawn(command, args, {
        cwd: join(spec.workspace, spec.cwd ?? '.'),
        detached: true,
        stdio: descriptors.stdio,
        env: {
          PATH: toolchains.path.join(':'),
          HOME: home,
          TMPDIR: temporary,
          LANG: 'C.UTF-8',
          TZ: 'UTC',
          ...toolchains.env,
          ...install?.env,
          ...spec.env,
          ...(spec.id === undefined ? {} : { [ID_VARIABLE]: spec.id }),
          [MARK]: mark,
        },
      });
      descriptors.close();
      const signalTree = async (name: NodeJS.Signals) => {
        if (child.pid === undefined) return;
        signalProcess(-child.pid, name);
        for (const pid of await processesWithEnvironment(`${MARK}=${mark}`))
          signalProcess(pid, name);
      };
      const writable = (spec.writableMounts ?? []).map(({ source }) => source);
      const disk = new DiskWatch([spec.workspace, scratch, ...writable], diskMb(spec));
      const ending = await supervise(
        {
          ...followChild(child),
          terminate: () => signalTree('SIGTERM'),
          kill: () => signalTree('SIGKILL'),
          overLimit: () => disk.overLimit(),
        },
        spec,
        options.signal,
      );
      return { ...ending, sandbox };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Nothing to find: without a namespace, processes of a dead runner can't be told from others. */
  reap(): Promise<number> {
    return Promise.resolve(0);
  }
}
