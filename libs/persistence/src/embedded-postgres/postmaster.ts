import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isCode, type PostgresBinaries } from './binaries.js';
import type { RunAs } from './run-as.js';
import { SOCKET_PORT } from './socket-folder.js';

const run = promisify(execFile);
const MAX_LOG_BYTES = 5 * 1024 * 1024;

/** What postmaster.pid says about a server that runs, or ran, on a cluster. */
export interface PidFile {
  pid: number;
  /** The folder it was started on, as it was called then. */
  folder: string;
  socketFolder: string;
}

/** Reads postmaster.pid; undefined when there is none (or it is being written). */
async function readPidFile(clusterDir: string): Promise<PidFile | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  // Lines: pid, data folder, start time, port, socket folder, ... (src/include/utils/pidfile.h).
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, folder: lines[1] ?? '', socketFolder: (lines[4] ?? '').trim() };
}

/** True while a process with this id runs; one that ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
  if (process.platform !== 'linux') return true;
  try {
    // An adopted server is not our child: in a container without init nobody may reap it.
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.charAt(0);
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

/**
 * Removes a postmaster.pid whose process is gone, or is by now something else: after a crash the
 * number is given out again, in containers soon, and PostgreSQL then refuses to start.
 * @returns the pid of the live server, if there is one.
 */
export async function livePostmaster(clusterDir: string): Promise<PidFile | undefined> {
  const file = await readPidFile(clusterDir);
  if (file === undefined) return undefined;
  if (isAlive(file.pid) && (await servesCluster(file, clusterDir))) return file;
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
  return undefined;
}

/** A folder copied with its pid file names the original's server, so the name alone is not enough. */
async function servesCluster(file: PidFile, clusterDir: string): Promise<boolean> {
  try {
    const here = await realpath(clusterDir);
    if (process.platform === 'linux') {
      const [program] = (await readFile(`/proc/${file.pid}/cmdline`, 'utf8')).split('\0');
      // PostgreSQL's working directory is its cluster.
      const folder = await readlink(`/proc/${file.pid}/cwd`).catch(() => realpath(file.folder));
      return (program?.endsWith('postgres') ?? false) && folder === here;
    }
    const { stdout } = await run('ps', ['-p', String(file.pid), '-o', 'command=']);
    return stdout.includes('postgres') && (await realpath(file.folder)) === here;
  } catch {
    return false;
  }
}

/**
 * Durable (fsync and synchronous_commit stay on) but small: 39 MB resident instead of 130, few
 * helper processes, and connections for the pools of one process.
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  port: String(SOCKET_PORT),
  unix_socket_permissions: '0700',
  max_connections: '80',
  shared_buffers: '32MB',
  fsync: 'on',
  synchronous_commit: 'on',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  io_method: 'sync',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  max_worker_processes: '4',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

export interface Postmaster {
  pid: number;
  /** Resolves when the process has ended. */
  exited: Promise<void>;
}

/**
 * Starts PostgreSQL on a cluster. It is detached with its output in a file, so it outlives a crash
 * of ours (and Ctrl-C in our terminal): the next start adopts it.
 */
export async function startPostmaster(options: {
  binaries: PostgresBinaries;
  runAs: RunAs;
  clusterDir: string;
  socketFolder: string;
  logFile: string;
}): Promise<Postmaster> {
  const { binaries, runAs, clusterDir, socketFolder, logFile } = options;
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`);
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = await open(logFile, 'a', 0o600);
  try {
    const [command, args] = runAs.argv(binaries.postgres, [
      '-D',
      clusterDir,
      '-k',
      socketFolder,
      ...settings,
    ]);
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: clusterDir,
      env: { PATH: process.env.PATH, LC_ALL: 'C', ...binaries.env },
      ...runAs.identity,
    });
    await once(child, 'spawn');
    const exited = once(child, 'exit').then(() => undefined);
    child.unref();
    return { pid: child.pid ?? 0, exited };
  } finally {
    await log.close();
  }
}

/** The last lines of a log, for an error message. */
export async function tailOf(file: string, lines: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * Fast shutdown (SIGINT: clients are cut off, nothing is lost); immediate (SIGQUIT: recovery at
 * the next start) when it takes longer than `limitMs`.
 */
export async function stopPostmaster(pid: number, limitMs: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (isCode(error, 'ESRCH')) return;
      throw error;
    }
    const until = Date.now() + limitMs;
    while (Date.now() < until) {
      if (!isAlive(pid)) return;
      await sleep(10);
    }
  }
}
