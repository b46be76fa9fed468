import type Docker from 'dockerode';
import { type ContainerCreateOptions } from 'dockerode';
import { readCgroupUsage, type CgroupUsage } from '../cgroup-usage.js';
import { isAnyFull } from '../disk-watch.js';
import { type StartedCommand } from '../supervise.js';
import { containerCgroups } from './container-cgroup.js';
import { demultiplex } from './demultiplex.js';
import { statusCode } from './images.js';

/** One container, from creation to removal. */
export class SandboxContainer {
  /** Its first process as this machine numbers it; null when the daemon's numbers mean nothing here. */
  pid: number | null = null;
  tmpFull = false;
  private cgroups: string[] = [];
  private last: CgroupUsage = { cpuSeconds: null, oomKills: 0, refusedForks: 0 };

  private constructor(
    private readonly container: Docker.Container,
    private readonly stream: NodeJS.ReadWriteStream,
  ) {}

  /** Creates and starts it; the command waits for {@link release}. Leaves nothing when it throws. */
  static async start(docker: Docker, options: ContainerCreateOptions): Promise<SandboxContainer> {
    const container = await docker.createContainer(options);
    try {
      const stream = await container.attach({
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
        hijack: true,
      });
      // Errors of the connection show as the end of output; `wait` tells what happened.
      stream.on('error', () => {});
      const started = new SandboxContainer(container, stream);
      await container.start();
      const { State } = await container.inspect();
      const cgroups = await containerCgroups(State.Pid, container.id);
      if (cgroups !== null) {
        started.pid = State.Pid;
        started.cgroups = cgroups;
      }
      return started;
    } catch (error) {
      await removeContainer(container);
      throw error;
    }
  }

  /** Lets the command begin. What is returned is for `supervise`. */
  release(): StartedCommand {
    const ended = this.container.wait().then(
      ({ StatusCode }: { StatusCode: number }) => ({ exitCode: StatusCode, signal: null }),
      (error: unknown) => ({
        exitCode: null,
        signal: null,
        startError: `The Docker daemon went away: ${String(error)}`,
      }),
    );
    this.stream.write('\n');
    return {
      ended,
      output: [demultiplex(this.stream as unknown as AsyncIterable<Buffer>)],
      closeOutput: () => {
        if ('destroy' in this.stream && typeof this.stream.destroy === 'function') {
          this.stream.destroy();
        }
      },
      terminate: () => this.signal('SIGTERM'),
      kill: () => this.signal('SIGKILL'),
    };
  }

  /** What was counted until now; after its end, what was seen last. */
  async usage(): Promise<CgroupUsage> {
    if (this.pid !== null) {
      this.tmpFull ||= await isAnyFull(`/proc/${this.pid}/root`);
      const now = await readCgroupUsage(this.cgroups);
      if (now.cpuSeconds !== null) this.last = now;
    }
    return this.last;
  }

  /** True when a fork was refused, as far as it was seen. */
  get refusedForks(): boolean {
    return this.last.refusedForks > 0;
  }

  /** True when the kernel killed something in it for memory. */
  async ranOutOfMemory(): Promise<boolean> {
    // A daemon that went away hides no ending: what was seen last counts then.
    const facts = await this.container.inspect().catch(() => null);
    return facts?.State.OOMKilled === true || this.last.oomKills > 0;
  }

  remove(): Promise<void> {
    return removeContainer(this.container);
  }

  private signal(signal: NodeJS.Signals): Promise<void> {
    return killContainer(this.container, signal);
  }
}

/** Signals the first process; a container that has ended is fine. */
export async function killContainer(
  container: Docker.Container,
  signal: NodeJS.Signals,
): Promise<void> {
  await container.kill({ signal }).catch((error: unknown) => {
    // 409: not running any more. 404: gone.
    if (![404, 409].includes(Number(statusCode(error)))) throw error;
  });
}

/** With its volumes; killed first. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  await container.remove({ force: true, v: true }).catch((error: unknown) => {
    if (![404, 409].includes(Number(statusCode(error)))) throw error;
  });
}
