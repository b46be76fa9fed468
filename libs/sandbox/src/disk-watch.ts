import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type LimitHit } from './supervise.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;
/** Between two measurements when the file system shows no growth; a measurement may take 5 % of the time. */
const REST_MS = 2_000;
const SHARE_OF_TIME = 20;
const DU_MS = 60_000;

/**
 * A total disk quota without a file system of its own: measures folders with `du`, at once when the
 * file system they are on lost as much space as could pass the limit, else every other second. What is
 * written in between (a fraction of a second) is the most by which the limit can be passed.
 */
export class DiskWatch {
  private baseline: number | null = null;
  private measuredAt = performance.now();
  private tookMs = 0;
  private freeThen: number | null = null;
  private added = 0;

  constructor(
    private readonly folders: readonly string[],
    private readonly limitMb: number,
  ) {}

  /**
   * The limit, if it was passed. Null also when nothing can be measured. The first call takes the size
   * to start from, so a command that ends before it costs nothing.
   */
  async overLimit(): Promise<LimitHit | null> {
    const limit = this.limitMb * MIB;
    const free = await this.free();
    this.freeThen ??= free;
    this.baseline ??= await this.measure();
    const lost = this.freeThen - free;
    const rested = performance.now() - this.measuredAt > REST_MS + this.tookMs * SHARE_OF_TIME;
    if (lost < Math.max(32 * MIB, (limit - this.added) / 2) && !rested) return null;
    this.freeThen = free;
    this.added = (await this.measure()) - this.baseline;
    if (this.added <= limit) return null;
    const message = `The command was stopped: it wrote more than ${this.limitMb} MB to the workspace.`;
    return { reason: 'disk_limit', message };
  }

  private async free(): Promise<number> {
    const all = await Promise.all(
      this.folders.map((folder) =>
        statfs(folder).then(
          ({ bavail, bsize }) => bavail * bsize,
          () => 0,
        ),
      ),
    );
    return Math.min(...all);
  }

  /** Bytes on disk; files that come and go while du looks make it complain and count the rest. */
  private async measure(): Promise<number> {
    const started = performance.now();
    const args = ['-scxB1', '--', ...this.folders];
    const text = await run('du', args, { maxBuffer: 16 * MIB, timeout: DU_MS }).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => error.stdout ?? '',
    );
    this.measuredAt = performance.now();
    this.tookMs = this.measuredAt - started;
    return Number(/^(\d+)\ttotal$/m.exec(text)?.[1] ?? 0);
  }
}

/** True when one of the memory file systems of a sandbox, seen from outside at `root`, has no room left. */
export async function isAnyFull(root: string): Promise<boolean> {
  const full = await Promise.all(
    ['/tmp', '/home/hil', '/dev/shm'].map((path) =>
      statfs(`${root}${path}`).then(
        ({ bavail, blocks }) => blocks > 0 && bavail === 0,
        () => false,
      ),
    ),
  );
  return full.includes(true);
}
