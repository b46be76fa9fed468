import type Docker from 'dockerode';
import { connectNamespace, installNetworkProblem } from '../install-network.js';
import { LABEL } from './labels.js';
import { statusCode } from './images.js';

const NETWORK = 'hil-sandbox-install';

/** How a container of the install phase gets a way out. */
export interface DockerInstallNetwork {
  /** Value of NetworkMode. */
  mode: string;
  /** Opens the way out of a container that waits; `close` when it has ended. */
  open(pid: number | null): Promise<{ privateAddressesBlocked: boolean; close(): void }>;
}

/**
 * As root beside the daemon: no network of Docker's at all, but slirp4netns in the container's own
 * namespace, as under bubblewrap. Otherwise a bridge of its own on which containers can't see each
 * other; this host's loopback is out of reach there too, private networks are not.
 */
export async function dockerInstallNetwork(
  docker: Docker,
  setting: { direct: boolean; hosts: readonly string[] },
): Promise<DockerInstallNetwork> {
  const direct =
    setting.direct && process.getuid?.() === 0 && (await installNetworkProblem()) === null;
  if (direct) {
    return {
      mode: 'none',
      open: (pid) => {
        if (pid === null) throw new Error('the process of the container is not visible here');
        return connectNamespace(pid, false, setting.hosts);
      },
    };
  }
  await docker
    .createNetwork({
      Name: NETWORK,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { [LABEL]: '1' },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    })
    .catch((error: unknown) => {
      if (statusCode(error) !== 409) throw error;
    });
  const open = { privateAddressesBlocked: false, close: () => {} };
  return { mode: NETWORK, open: () => Promise.resolve(open) };
}
