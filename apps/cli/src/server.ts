import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { HilError } from '@hil/contracts';

/** A server that answers, and how to end it; ending one that was there before does nothing. */
export interface RunningServer {
  started: boolean;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 10_000;
const KEPT_OUTPUT = 4_000;

/**
 * Uses the server at `base`, or starts the standalone app from the checkout at `root` and waits for it.
 * @throws HilError when it does not come up, with the end of its output
 */
export async function ensureServer(
  base: string,
  options: { root: string; signal?: AbortSignal },
): Promise<RunningServer> {
  const there = await health(base);
  if (there === 'ok') return { started: false, stop: () => Promise.resolve() };
  if (there === 'foreign') {
    throw new HilError(
      'service_unavailable',
      `something else answers at ${base}; choose another port with PORT or --url`,
    );
  }
  const { port } = new URL(base);
  const child = spawn(process.execPath, ['tools/start.mjs', 'standalone'], {
    cwd: options.root,
    env: { ...process.env, ...(port === '' ? {} : { PORT: port }) },
    // A group of its own: ending it also ends the database it started.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + String(chunk)).slice(-KEPT_OUTPUT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const stop = () => stopGroup(child);
  try {
    await waitUntilHealthy(base, child, options.signal);
  } catch (error) {
    await stop();
    const what = error instanceof Error ? error.message : String(error);
    throw new HilError('service_unavailable', `${what}\n${output.trimEnd()}`, { cause: error });
  }
  return { started: true, stop };
}

/** none: nothing answers; foreign: what answers is no hil server. */
async function health(base: string): Promise<'ok' | 'starting' | 'foreign' | 'none'> {
  try {
    const response = await fetch(new URL('/health', base), { signal: AbortSignal.timeout(2_000) });
    const body: unknown = await response.json().catch(() => undefined);
    if (typeof body !== 'object' || body === null || !('status' in body)) return 'foreign';
    return response.ok ? 'ok' : 'starting';
  } catch {
    return 'none';
  }
}

async function waitUntilHealthy(
  base: string,
  child: ChildProcess,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while ((await health(base)) !== 'ok') {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error('the server ended while it started:');
    }
    if (Date.now() > deadline)
      throw new Error(`the server did not answer in ${START_TIMEOUT_MS / 1000} s:`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  // First only the app, so that it can end its database in order; then whatever is left.
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child.pid), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}
