import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { HilError } from '@hil/contracts';
import { blobId, decode, type FileContent } from './text-file.js';

/** A file as it was on disk: bytes, mode and, unless it is binary, its text. */
export interface BaseFile {
  bytes: Buffer;
  content: FileContent | null;
  blob: string;
}

const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/** Files of a worktree as they were when they were first asked for. Nothing outside of its real folders is read. */
export class WorktreeFiles {
  private readonly known = new Map<string, BaseFile | null>();

  /** @param root absolute path of the worktree, without links in it */
  constructor(readonly root: string) {}

  /** The file; null when there is none. @throws HilError `validation_error` when a link or another case leads there */
  async get(name: string): Promise<BaseFile | null> {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const file = await this.readFromDisk(name);
    this.known.set(name, file);
    return file;
  }

  /** Reads the file anew when it is asked for the next time. */
  forget(name: string): void {
    this.known.delete(name);
  }

  /** True when there is a file of that name on disk now. */
  async isFile(name: string): Promise<boolean> {
    return (await lstat(join(this.root, name)).catch(absent))?.isFile() === true;
  }

  private async readFromDisk(name: string): Promise<BaseFile | null> {
    const absolute = await this.realLocation(name);
    const stat = await lstat(absolute).catch(absent);
    if (!stat) return null;
    if (!stat.isFile()) {
      throw new HilError(
        'validation_error',
        `${name} is a ${stat.isDirectory() ? 'folder' : 'link'}, not a file.`,
      );
    }
    const bytes = await readFile(absolute);
    const decoded = bytes.length > MAX_TEXT_BYTES ? null : decode(bytes);
    const content = decoded && { ...decoded, mode: stat.mode & 0o777 };
    return { bytes, content, blob: blobId(bytes) };
  }

  /**
   * The absolute path of a name whose existing folders are real folders inside the root. A name that
   * the file system only finds in another case is refused, since it would be two files elsewhere.
   */
  async realLocation(name: string): Promise<string> {
    const absolute = join(this.root, name);
    let folder = dirname(absolute);
    while (folder !== this.root && !(await lstat(folder).catch(absent))) folder = dirname(folder);
    const real = await realpath(folder);
    if (real !== folder || !`${real}${sep}`.startsWith(`${this.root}${sep}`)) {
      throw new HilError(
        'validation_error',
        `${name} leads through a link or another spelling of a folder, so it is refused. Use the real path.`,
      );
    }
    const stat = await lstat(absolute).catch(absent);
    if (stat?.isFile() && (await realpath(absolute)) !== absolute) {
      throw new HilError(
        'validation_error',
        `${name} is spelled differently on disk. Use the exact path.`,
      );
    }
    return absolute;
  }
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}
