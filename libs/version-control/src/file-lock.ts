import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, open, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Holder {
  token: string;
  host: string;
  pid: number;
  /** Start time of the process in clock ticks, where the system tells it: a reused pid is another process. */
  started: string | null;
}

const HEARTBEAT_MS = 5_000;
/** A holder on another host (or in another container) counts as dead after this silence. */
const SILENCE_MS = 30_000;
const BREAKER_MS = 10_000;

/**
 * Runs `work` while no other process or task holds the lock `file`. The lock is a file made by
 * link(2), which fails when it exists; it names its holder, so it is released when the holder dies:
 * at once on the same host, after 30 s of silence on another.
 * @throws the signal's reason when aborted while waiting
 */
export async function withFileLock<T>(
  file: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const token = randomUUID();
  await acquire(file, token, signal);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await readHolder(file))?.token === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, token: string, signal: AbortSignal | undefined) {
  const mine: Holder = {
    token,
    host: hostname(),
    pid: process.pid,
    started: startedAt(process.pid),
  };
  const draft = `${file}.${token}`;
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      signal?.throwIfAborted();
      try {
        await link(draft, file);
        return;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      if (await isStale(file)) await breakStale(file);
      else await sleep(20 + Math.random() * 40, undefined, signal === undefined ? {} : { signal });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** Only one process at a time may remove a dead holder's file; otherwise a live lock could be removed in its place. */
async function breakStale(file: string): Promise<void> {
  const breaker = `${file}.breaker`;
  try {
    await (await open(breaker, 'wx')).close();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const age = await ageOf(breaker);
    if (age !== undefined && age > BREAKER_MS) await rm(breaker, { force: true });
    await sleep(50);
    return;
  }
  try {
    if (await isStale(file)) await unlink(file).catch(() => undefined);
  } finally {
    await rm(breaker, { force: true });
  }
}

async function isStale(file: string): Promise<boolean> {
  const holder = await readHolder(file);
  if (holder === undefined) return false; // gone, or not readable: ask again
  if (holder.host === hostname()) {
    if (!isAlive(holder.pid)) return true;
    return holder.started !== null && holder.started !== startedAt(holder.pid);
  }
  const age = await ageOf(file);
  return age !== undefined && age > SILENCE_MS;
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function ageOf(file: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Field 22 of /proc/PID/stat; null where there is no /proc. */
function startedAt(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): string | undefined {
  // By shape: an error of another realm is no instance of this one's Error.
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : undefined;
}
