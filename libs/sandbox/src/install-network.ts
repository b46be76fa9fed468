import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { installRoutes } from './install-routes.js';
import { findExecutable } from './find-executable.js';

const run = promisify(execFile);
const START_TIMEOUT_MS = 5_000;

/**
 * The network slirp4netns plays. Documentation addresses (RFC 5737), which no real network has: slirp
 * would pass on what is sent to the rest of a range that this machine is connected to.
 */
const CIDR = '192.0.2.0/24';
const GATEWAY = '192.0.2.2';
/** slirp4netns answers DNS at this address inside. */
export const INSTALL_NAMESERVER = '192.0.2.3';

/** A network namespace with a way out, but not to this host. */
export interface InstallNetwork {
  /** Put before a command to run it in the namespace. */
  prefix: string[];
  /** True when private networks and this host's own addresses are out of reach, not only its loopback. */
  privateAddressesBlocked: boolean;
  close(): void;
}

/** What is missing for an install network, or null. */
export async function installNetworkProblem(): Promise<string | null> {
  for (const tool of ['slirp4netns', 'unshare', 'nsenter', 'ip']) {
    if ((await findExecutable(tool)) === null)
      return `dependencies can't be installed: ${tool} not found`;
  }
  const tunnel = '/dev/net/tun';
  const open = await access(tunnel, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  return open ? null : `dependencies can't be installed: ${tunnel} can't be opened by this user`;
}

/**
 * Opens a network namespace connected by slirp4netns with the host's loopback disabled. `ownUser`: in a user
 * namespace of its own, for who may not make one otherwise.
 * Both helpers end with us: they read a pipe that closes when this process dies.
 * Throws an Error that says what failed.
 */
export async function openInstallNetwork(
  allowed: readonly string[],
  ownUser: boolean,
): Promise<InstallNetwork> {
  const user = ownUser ? ['--user', '--map-root-user'] : [];
  const holder = spawn('unshare', [...user, '--net', 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
  try {
    // `cat` holds the namespaces open until its input closes.
    holder.stdin.on('error', () => {});
    holder.stdin.write('x');
    await firstByte(holder.stdout, holder, 'unshare');
    const network = await connectNamespace(holder.pid ?? 0, ownUser, allowed);
    return {
      ...network,
      close: () => {
        network.close();
        holder.kill('SIGKILL');
      },
    };
  } catch (error) {
    holder.kill('SIGKILL');
    throw error;
  }
}

/**
 * Gives the network namespace of a process a way out: public addresses and the `allowed` hosts, but
 * neither this host nor private networks, where databases and metadata services live.
 * `ownUser`: the namespace belongs to a user namespace of that process. Throws an Error that says why.
 */
export async function connectNamespace(
  pid: number,
  ownUser: boolean,
  allowed: readonly string[],
): Promise<InstallNetwork> {
  const namespaces = `/proc/${pid}/ns`;
  const slirp = spawn(
    'slirp4netns',
    [
      '--configure',
      '--mtu=65520',
      `--cidr=${CIDR}`,
      '--disable-host-loopback',
      '--ready-fd=3',
      '--exit-fd=4',
      ...(ownUser ? [`--userns-path=${namespaces}/user`] : []),
      '--netns-type=path',
      `${namespaces}/net`,
      'tap0',
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const close = () => void slirp.kill('SIGKILL');
  try {
    for (const stream of slirp.stdio.slice(3)) stream?.on('error', () => {});
    await firstByte(slirp.stdio[3] as Readable, slirp, 'slirp4netns');
    slirp.stderr?.resume();
    const user = ownUser ? ['--user', '--preserve-credentials'] : [];
    const prefix = ['nsenter', '--target', String(pid), ...user, '--net', '--'];
    const routes = await installRoutes(GATEWAY, allowed);
    return { prefix, privateAddressesBlocked: await addRoutes(prefix, routes), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The command inside has no right to undo routes. */
async function addRoutes(prefix: string[], routes: readonly string[]): Promise<boolean> {
  const [command = 'nsenter', ...args] = prefix;
  const adding = run(command, [...args, 'ip', '-batch', '-']);
  adding.child.stdin?.on('error', () => {});
  adding.child.stdin?.end(routes.map((route) => `route add ${route}\n`).join(''));
  return adding.then(
    () => true,
    () => false,
  );
}

async function firstByte(stream: Readable, child: ChildProcess, name: string): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (data: Buffer) => (complaint += data.toString()));
  const limit = AbortSignal.timeout(START_TIMEOUT_MS);
  const failed = once(child, 'exit', { signal: limit }).then(() => {
    throw new Error(`${name} could not open the install network: ${complaint.trim()}`);
  });
  const errored = once(child, 'error', { signal: limit }).then(([error]) => {
    throw new Error(`${name} could not be started: ${String(error)}`);
  });
  failed.catch(() => {});
  errored.catch(() => {});
  await Promise.race([once(stream, 'data', { signal: limit }), failed, errored]);
}
