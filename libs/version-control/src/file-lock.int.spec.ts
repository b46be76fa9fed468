import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryDirectory, type TemporaryDirectory } from '@hil/testing';
import { withFileLock } from './file-lock.js';

let folder: TemporaryDirectory;
let file: string;

beforeEach(async () => {
  folder = await temporaryDirectory();
  file = join(folder.path, 'x.lock');
});
afterEach(() => folder.remove());

/** A lock file as another process would have left it. */
function leaveLock(holder: { pid: number; host?: string; started?: string | null }): void {
  const whole = { token: 'theirs', host: hostname(), started: null, ...holder };
  writeFileSync(file, JSON.stringify(whole));
}

describe('the file lock', () => {
  it('lets one task at a time in, also when they all meet a dead holder', async () => {
    leaveLock({ pid: 2 ** 22 + 1 });
    let inside = 0;
    let most = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 12 }, () =>
        withFileLock(file, undefined, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(5);
          inside -= 1;
          done += 1;
        }),
      ),
    );
    expect([most, done]).toEqual([1, 12]);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('waits for a holder in another process and is free as soon as that is killed', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    leaveLock({ pid: child.pid ?? 0 });
    let entered = false;
    const waiting = withFileLock(file, undefined, async () => {
      entered = true;
    });
    await sleep(200);
    expect(entered).toBe(false);
    child.kill('SIGKILL');
    await waiting;
    expect(entered).toBe(true);
  });

  it('is not fooled by a process that got the number of the dead holder', async () => {
    if (!existsSync('/proc/self/stat')) return;
    leaveLock({ pid: process.pid, started: '1' });
    expect(await withFileLock(file, undefined, async () => 'in')).toBe('in');
  });

  it('respects a holder on another host while it gives signs of life', async () => {
    leaveLock({ pid: 1, host: 'another-host' });
    const abort = new AbortController();
    const waiting = withFileLock(file, abort.signal, async () => 'in');
    const watched = expect(waiting).rejects.toThrow();
    await sleep(150);
    abort.abort();
    await watched;
    expect(readFileSync(file, 'utf8')).toContain('theirs');
  });

  it('is released when the work fails', async () => {
    const failing = withFileLock(file, undefined, async () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(existsSync(file)).toBe(false);
  });
});
