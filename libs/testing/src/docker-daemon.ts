import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const START_MS = 30_000;
const root = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** The script that makes the base image, and where it leaves it: one for all daemons of a machine. */
const MAKE_BASE = root('libs/testing/images/make-base-image.sh');
const BASE_TAR = join(tmpdir(), 'hil-test-images', 'node-22-bookworm-slim.tar');
const BASE_NAME = 'node:22-bookworm-slim';

/** A Docker daemon of our own, with nothing but the sandbox image for Node in it. */
export interface DockerDaemon {
  socketPath: string;
  /** Runs the command-line client and returns what it prints. */
  docker(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** What a daemon of our own needs and this machine lacks; null when it can be started. */
export function dockerDaemonProblem(): string | null {
  if (process.getuid?.() !== 0) return 'dockerd can only be started by root';
  const missing = ['dockerd', 'docker', 'mmdebstrap', 'flock'].filter((name) => !onPath(name));
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

/**
 * Starts dockerd on its own socket, data and state, without touching networks of this machine, imports
 * the base image (made at the first use, under the name the Dockerfile asks for) and builds our image
 * for Node with `npm run sandbox:images`.
 */
export async function startDockerDaemon(): Promise<DockerDaemon> {
  const base = run(MAKE_BASE, [BASE_TAR], { maxBuffer: 1e7 });
  // Sockets have short paths; containerd puts some below the exec root.
  const folder = await mkdtemp(join(tmpdir(), 'hil-dockerd-'));
  const socketPath = join(folder, 'docker.sock');
  const daemon = spawn(
    'dockerd',
    [
      '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--bridge=none',
      '-H', `unix://${socketPath}`, '--data-root', join(folder, 'data'),
      '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid'),
    ], // prettier-ignore
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  daemon.stderr.on('data', (data: Buffer) => (log = (log + data.toString()).slice(-4000)));
  const docker = async (...args: string[]) => {
    const env = { ...process.env, DOCKER_HOST: `unix://${socketPath}` };
    return (await run('docker', args, { env, maxBuffer: 1e7 })).stdout;
  };
  const stop = async () => {
    if (daemon.exitCode === null && daemon.signalCode === null) {
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const deadline = Date.now() + START_MS;
    while (!(await docker('version').catch(() => ''))) {
      if (daemon.exitCode !== null || Date.now() > deadline) throw new Error(`dockerd: ${log}`);
      await wait(100);
    }
    await base;
    await docker('import', BASE_TAR, BASE_NAME);
    const build = [root('tools/sandbox-images.mjs'), 'node', '--network=none', '--build-arg=PNPM='];
    const env = { ...process.env, DOCKER_HOST: `unix://${socketPath}`, DOCKER_BUILDKIT: '0' };
    await run(process.execPath, build, { env, maxBuffer: 1e7 });
    return { socketPath, docker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return existsSync(file);
    } catch {
      return false;
    }
  });
}
