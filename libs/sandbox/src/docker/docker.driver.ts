import type Docker from 'dockerode';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staysInside } from '../bubblewrap.arguments.js';
import { readInstallSettings } from '../install-settings.js';
import { refused } from '../refused.js';
import {
  type SandboxDriver,
  type SandboxProbe,
  type SandboxResult,
  type SandboxRunOptions,
  type SandboxSpec,
} from '../sandbox.js';
import { type Toolchains } from '../toolchains.js';
import { killContainer, removeContainer } from './container.js';
import { WORKSPACE } from './container-options.js';
import { connectDocker, type DaemonFacts } from './daemon.js';
import { parseImageToolchains, TOOLCHAIN_SCRIPT } from './image-toolchains.js';
import { findImage } from './images.js';
import { dockerInstallNetwork } from './install-network.js';
import { ID_LABEL, isLeftOver, LABEL } from './labels.js';
import { type ContainerRun, runContainer } from './run-container.js';

export interface DockerDriverOptions {
  /** Default: DOCKER_HOST, else the usual socket. */
  socketPath?: string | undefined;
  /** Image of commands that name none; default: the first of ours that was built. */
  image?: string | undefined;
  /** OCI runtime, e.g. `runsc`; default: the daemon's. */
  runtime?: string | undefined;
  /** Hosts in private networks that installations may reach besides those of settings. */
  installHosts?: readonly string[];
}

const SMALL = { timeoutMs: 15_000, memoryMb: 256, cpus: 1, pids: 32, maxOutputBytes: 65_536 };

/**
 * Runs each command in a container of its own that has no network, no rights, no way to gain any, a
 * read-only root and only the mounts it was given. Containers are found by label, so that those of a
 * runner that died are removed by the next one.
 */
export class DockerDriver implements SandboxDriver {
  readonly name = 'docker';
  readonly isolatesFilesystem = true;
  private probed: Promise<SandboxProbe> | undefined;
  private connected: Promise<{ docker: Docker; facts: DaemonFacts }> | undefined;
  private readonly known = new Map<string, Promise<Toolchains>>();
  private sharesProcesses = false;

  constructor(private readonly options: DockerDriverOptions = {}) {}

  workspacePath(_workspace: string): string {
    return WORKSPACE;
  }

  probe(): Promise<SandboxProbe> {
    this.probed ??= this.tryOut();
    return this.probed;
  }

  /** The container has to see a file of ours: the daemon may not share our file system. */
  private async tryOut(): Promise<SandboxProbe> {
    const unavailable = (reason: string) => {
      // A daemon or an image may come later.
      this.probed = undefined;
      return { available: false, reason, enforced: [], unenforced: [] };
    };
    try {
      const { result, text } = await this.small('cat seen', undefined);
      const { enforced, unenforced } = result.sandbox;
      if (text === 'seen') return { available: true, enforced, unenforced };
      return unavailable(result.message ?? `a container does not see ${tmpdir()} of this machine`);
    } catch (error) {
      return unavailable(String(error));
    }
  }

  /** Throws an Error that names the missing image or what is wrong with the daemon. */
  async toolchains(image?: string): Promise<Toolchains> {
    const { docker } = await this.connect();
    const found = await findImage(docker, image ?? this.options.image);
    if (typeof found === 'string') throw new Error(found);
    const earlier = this.known.get(found.id);
    if (earlier) return earlier;
    const looking = this.small(TOOLCHAIN_SCRIPT, found.reference).then(({ result, text }) => {
      if (result.exitCode === 0) return parseImageToolchains(text, found.id);
      throw new Error(result.message ?? `${found.reference} has no usable shell`);
    });
    this.known.set(found.id, looking);
    looking.catch(() => this.known.delete(found.id));
    return looking;
  }

  private async small(script: string, image: string | undefined) {
    const workspace = await mkdtemp(join(tmpdir(), 'hil-probe-'));
    try {
      await writeFile(join(workspace, 'seen'), 'seen');
      let text = '';
      const result = await this.run({
        ...SMALL,
        workspace,
        argv: ['/bin/sh', '-c', script],
        ...(image === undefined ? {} : { image }),
        onOutput: (stream, chunk) => void (text += stream === 'stdout' ? chunk.toString() : ''),
      });
      return { result, text };
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  }

  run(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    return this.start(spec, () => Promise.resolve(undefined), options.signal);
  }

  async prepare(spec: SandboxSpec, options: SandboxRunOptions = {}): Promise<SandboxResult> {
    // Tells whether we can reach into a container of this daemon.
    await this.probe();
    const install = async (docker: Docker) => {
      const settings = await readInstallSettings();
      const hosts = [...settings.hosts, ...(this.options.installHosts ?? [])];
      const direct = this.sharesProcesses && this.options.runtime === undefined;
      return { settings, network: await dockerInstallNetwork(docker, { direct, hosts }) };
    };
    return this.start(spec, install, options.signal);
  }

  private async start(
    spec: SandboxSpec,
    install: (docker: Docker) => Promise<ContainerRun['install']>,
    signal: AbortSignal | undefined,
  ): Promise<SandboxResult> {
    const refuse = (message: string) => refused(this.name, message);
    if (!staysInside(spec.cwd ?? '.')) return refuse(`${spec.cwd} is outside the workspace`);
    if (signal?.aborted) return refused(this.name, 'The command was cancelled.', 'aborted');
    const connection = await this.connect().catch((error: unknown) => error);
    if (connection instanceof Error) return refuse(connection.message);
    const { docker, facts } = await this.connect();
    const image = await findImage(docker, spec.image ?? this.options.image);
    if (typeof image === 'string') return refuse(image);
    const phase = await install(docker);
    const setting: ContainerRun = {
      docker,
      facts,
      image,
      spec,
      runtime: this.options.runtime,
      onStarted: (shares) => (this.sharesProcesses = shares),
      ...(phase ? { install: phase } : {}),
    };
    return runContainer(setting, signal);
  }

  private connect(): Promise<{ docker: Docker; facts: DaemonFacts }> {
    this.connected ??= connectDocker(this.options.socketPath).catch((error: unknown) => {
      this.connected = undefined;
      throw error;
    });
    return this.connected;
  }

  /** The runner that waits for a container removes it. */
  async kill(id: string): Promise<number> {
    const running = await this.containers(`${ID_LABEL}=${id}`, false);
    await Promise.all(running.map(({ container }) => killContainer(container, 'SIGKILL')));
    return running.length;
  }

  async reap(): Promise<number> {
    const all = await this.containers(`${LABEL}=1`, true);
    const chosen = all.filter(({ info }) => isLeftOver(info.Labels));
    await Promise.all(chosen.map(({ container }) => removeContainer(container)));
    return chosen.length;
  }

  private async containers(label: string, stoppedToo: boolean) {
    const { docker } = await this.connect();
    const filters = { label: [label] };
    const found = await docker.listContainers({ all: stoppedToo, filters });
    return found.map((info) => ({ info, container: docker.getContainer(info.Id) }));
  }
}
