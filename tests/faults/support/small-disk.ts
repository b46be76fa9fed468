import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';

const PART_BYTES = 16 * 1024 * 1024;

/** A file system of its own that only one process and what it starts can see. */
export class SmallDisk {
  private readonly path: string;
  private parts = 0;

  /** @param pid a process started with {@link mountedAt} on the same folder */
  constructor(pid: number, folder: string) {
    this.path = `/proc/${pid}/root${folder}`;
  }

  /** The command within which a process has `megabytes` at `folder`, and runs there. */
  static mountedAt(folder: string, megabytes: number): readonly string[] {
    return [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$0" && cd "$0" && exec "$@"`,
      folder,
    ];
  }

  /** Leaves nothing: not one more block can be written. */
  async fill(): Promise<void> {
    for (;;) {
      const { bavail, bsize } = await statfs(this.path);
      if (bavail === 0) return;
      const size = Math.min(bavail * bsize, PART_BYTES);
      await writeFile(this.filler((this.parts += 1)), randomBytes(size)).catch(() => undefined);
    }
  }

  async free(): Promise<void> {
    for (; this.parts > 0; this.parts -= 1) await rm(this.filler(this.parts), { force: true });
  }

  private filler(part: number): string {
    return `${this.path}/filler-${part}`;
  }
}
