import { spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';

const MAX_OUTPUT = 16 * 1024 * 1024;
const TIMEOUT_MS = 120_000;

/** Where an operator has installed a program; null when they have not. Relative entries of PATH do not count. */
export async function findTool(
  name: string,
  path = process.env['PATH'] ?? '',
): Promise<string | null> {
  for (const folder of path.split(delimiter).filter((entry) => isAbsolute(entry))) {
    const candidate = join(folder, name);
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * Runs a trusted scanner over files that were written for it: a built environment without any of our secrets,
 * a process group of its own, limits on time and output.
 * @throws Error when it can not be started, is too slow or too loud
 */
export function runTool(
  program: string,
  args: readonly string[],
  options: { cwd: string; signal?: AbortSignal | undefined },
): Promise<{ code: number; stdout: string; stderr: string }> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: options.cwd,
        LC_ALL: 'C.UTF-8',
        // Python: nothing of the folder it stands in is imported.
        PYTHONSAFEPATH: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
    });
    let failure: unknown;
    const end = (error: unknown): void => {
      failure ??= error;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended already.
      }
    };
    const onAbort = (): void => end(options.signal?.reason);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => end(new Error(`took longer than ${TIMEOUT_MS / 1_000} s`)),
      TIMEOUT_MS,
    );
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (chunk: string) => {
        output[name] += chunk;
        if (output[name].length > MAX_OUTPUT) end(new Error('answered with too much output'));
      });
    }
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code) => {
      settle();
      if (failure !== undefined) reject(failure as Error);
      else resolve({ code: code ?? -1, ...output });
    });
  });
}

/** A private folder for the time of `work`. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hil-scan-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
