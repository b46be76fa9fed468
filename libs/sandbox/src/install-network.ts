import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { findExecutable } from './find-executable.js';

const run = promisify(execFile);
const START_TIMEOUT_MS = 5_000;

/** slirp4netns answers DNS at this address inside. */
export const INSTALL_NAMESERVER = '10.0.2.3';

/** A network namespace with a way out, but not to this host. */
export interface InstallNetwork {
  /** Put before a command to run it in the namespace. */
  prefix: string[];
  /** True when the host's own outside addresses are unreachable too, not only its loopback. */
  hostAddressesBlocked: boolean;
  close(): void;
}

/** What is missing for an install network, or null. */
export async function installNetworkProblem(): Promise<string | null> {
  for (const tool of ['slirp4netns', 'unshare', 'nsenter']) {
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
 * Opens a user and network namespace connected by slirp4netns with the host's loopback disabled.
 * Both helpers end with us: they read a pipe that closes when this process dies.
 * Throws an Error that says what failed.
 */
export async function openInstallNetwork(): Promise<InstallNetwork> {
  const children: ChildProcess[] = [];
  const close = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    // `cat` holds the namespaces open until its input closes.
    const holder = spawn('unshare', ['--user', '--map-root-user', '--net', 'cat'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    children.push(holder);
    holder.stdin.on('error', () => {});
    holder.stdin.write('x');
    await firstByte(holder.stdout, holder, 'unshare');

    const namespaces = `/proc/${holder.pid}/ns`;
    const slirp = spawn(
      'slirp4netns',
      [
        '--configure',
        '--mtu=65520',
        '--disable-host-loopback',
        '--ready-fd=3',
        '--exit-fd=4',
        `--userns-path=${namespaces}/user`,
        '--netns-type=path',
        `${namespaces}/net`,
        'tap0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
    );
    children.push(slirp);
    for (const stream of slirp.stdio.slice(3)) stream?.on('error', () => {});
    const ready = slirp.stdio[3];
    await firstByte(ready as Readable, slirp, 'slirp4netns');
    slirp.stderr?.resume();

    const prefix = [
      'nsenter',
      '--target',
      String(holder.pid),
      '--user',
      '--net',
      '--preserve-credentials',
      '--',
    ];
    return { prefix, hostAddressesBlocked: await blockHostAddresses(prefix), close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * slirp4netns hides 127.0.0.1, but a server bound to all addresses would answer on this host's LAN
 * address; the link-local range holds cloud metadata. The command inside has no right to undo routes.
 */
async function blockHostAddresses(prefix: string[]): Promise<boolean> {
  const own = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter((entry) => entry.family === 'IPv4' && !entry.internal)
    .map((entry) => `${entry.address}/32`);
  const [command = 'nsenter', ...args] = prefix;
  try {
    for (const address of new Set([...own, '169.254.0.0/16'])) {
      await run(command, [...args, 'ip', 'route', 'add', 'blackhole', address]);
    }
    return true;
  } catch {
    return false;
  }
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
