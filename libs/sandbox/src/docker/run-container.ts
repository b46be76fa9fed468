import { type SandboxReport } from '@hil/contracts';
import type Docker from 'dockerode';
import { realpath } from 'node:fs/promises';
import { DiskWatch } from '../disk-watch.js';
import { giveTo } from '../host-user.js';
import { type InstallSettings } from '../install-settings.js';
import { diskMb, nameTheLimit, overCpuTime } from '../limits.js';
import { refused } from '../refused.js';
import { type SandboxResult, type SandboxSpec } from '../sandbox.js';
import { supervise } from '../supervise.js';
import { SandboxContainer } from './container.js';
import { containerOptions, NOT_FOUND, NOT_FOUND_TEXT } from './container-options.js';
import { type DaemonFacts } from './daemon.js';
import { type SandboxImage, statusCode } from './images.js';
import { type DockerInstallNetwork } from './install-network.js';
import { runLabels } from './labels.js';
import { containerUser, makeScratch } from './scratch.js';

export interface ContainerRun {
  docker: Docker;
  facts: DaemonFacts;
  image: SandboxImage;
  spec: SandboxSpec;
  /** Present for the install phase. */
  install?: { settings: InstallSettings; network: DockerInstallNetwork };
  runtime?: string | undefined;
  /** Told whether process numbers of the daemon are those of this machine. */
  onStarted: (sharesProcesses: boolean) => void;
}

/** Runs one command in a container that is gone when this settles. */
export async function runContainer(
  setting: ContainerRun,
  signal: AbortSignal | undefined,
): Promise<SandboxResult> {
  const { docker, facts, spec, install } = setting;
  const user = containerUser();
  const workspace = await realpath(spec.workspace);
  const folders = [workspace, ...(spec.writableMounts ?? []).map(({ source }) => source)];
  await giveTo(user, folders);
  const scratch = await makeScratch(user, install?.settings);
  let container: SandboxContainer | undefined;
  let way: Awaited<ReturnType<DockerInstallNetwork['open']>> | undefined;
  try {
    container = await SandboxContainer.start(
      docker,
      containerOptions({
        spec: { ...spec, workspace },
        image: setting.image.id,
        imageVolumes: setting.image.volumes,
        user,
        labels: runLabels(spec.timeoutMs),
        scratch: scratch.folder,
        network: install?.network.mode ?? 'none',
        ...(install ? { install: install.settings } : {}),
        ...(setting.runtime ? { runtime: setting.runtime } : {}),
      }),
    );
    setting.onStarted(container.pid !== null);
    way = await install?.network.open(container.pid);
    const disk = new DiskWatch(folders, diskMb(spec));
    const result = await follow(container, spec, disk, signal);
    return { ...result, sandbox: report(facts, container.pid !== null, way) };
  } catch (error) {
    if (typeof statusCode(error) !== 'number') throw error;
    const message = `The container could not be started: ${String(error)}`;
    return refused('docker', message);
  } finally {
    way?.close();
    // What a daemon in trouble does not remove has a label, by which a later clean-up finds it.
    await container?.remove().catch(() => undefined);
    await scratch.remove();
  }
}

async function follow(
  container: SandboxContainer,
  spec: SandboxSpec,
  disk: DiskWatch,
  signal: AbortSignal | undefined,
): Promise<Omit<SandboxResult, 'sandbox'>> {
  let complaint = '';
  const command = container.release();
  const ending = await supervise(
    {
      ...command,
      overLimit: async () => overCpuTime(await container.usage(), spec) ?? disk.overLimit(),
    },
    {
      ...spec,
      onOutput: (stream, chunk) => {
        if (stream === 'stderr' && complaint.length < 500) complaint += chunk.toString();
        return spec.onOutput?.(stream, chunk);
      },
    },
    signal,
  );
  if (ending.exitCode === NOT_FOUND && complaint.startsWith(NOT_FOUND_TEXT)) {
    const message = `The sandbox could not start the command: ${complaint.trim()}`;
    return { ...ending, exitCode: null, reason: 'failed_to_start', message };
  }
  const facts = {
    outOfMemory: await container.ranOutOfMemory(),
    processLimitHit: container.refusedForks,
    tmpFull: container.tmpFull,
  };
  return nameTheLimit(ending, facts, spec);
}

function report(
  facts: DaemonFacts,
  accounted: boolean,
  way: { privateAddressesBlocked: boolean } | undefined,
): SandboxReport {
  const enforced = [...facts.enforced, way === undefined ? 'network' : 'host_loopback'];
  const unenforced = [...facts.unenforced];
  (accounted ? enforced : unenforced).push('cpu_time');
  if (way) (way.privateAddressesBlocked ? enforced : unenforced).push('private_addresses');
  return { driver: 'docker', enforced, unenforced };
}
