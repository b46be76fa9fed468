import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { HilError } from '@hil/contracts';
import { repositoryPath } from './repository-path.js';
import {
  blobId,
  decode,
  encode,
  lineEndingOf,
  withLineEnding,
  type FileContent,
} from './text-file.js';
import { writeAll, type FileWrite } from './write-all.js';

/** A file as it was on disk: bytes, mode and, unless it is binary, its text. */
interface BaseFile {
  bytes: Buffer;
  content: FileContent | null;
  blob: string;
}

export type ChangeStatus = 'added' | 'modified' | 'deleted' | 'renamed';

/** One changed file: `before` is null for an added one, `after` for a deleted one. */
export interface FileChange {
  path: string;
  status: ChangeStatus;
  /** Where a renamed file was. */
  from?: string;
  before: string | null;
  after: string | null;
  mode: number;
}

const MAX_TEXT_BYTES = 16 * 1024 * 1024;

/**
 * Edits of a worktree, held in memory until {@link Overlay.write} writes all of them or none.
 * Each file is read from disk once; encoding, BOM, line endings and mode stay as they are.
 * Paths that leave the root (`..`, absolute, through a symlink) or reach `.git` are refused.
 */
export class Overlay {
  private readonly base = new Map<string, BaseFile | null>();
  private readonly edits = new Map<string, FileContent | null>();
  /** New path to old path of moved files. */
  private readonly moves = new Map<string, string>();

  private constructor(readonly root: string) {}

  /** @param root absolute path of the worktree */
  static async open(root: string): Promise<Overlay> {
    return new Overlay(await realpath(root));
  }

  /** True when the file exists with the edits made so far. */
  async exists(path: string): Promise<boolean> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited !== undefined) return edited !== null;
    return (await this.baseOf(name)) !== null;
  }

  /** The text with the edits made so far. @throws HilError `validation_error` when there is none */
  async read(path: string): Promise<string> {
    return (await this.contentOf(path)).text;
  }

  /** The text, or null when the file is missing or binary. */
  async tryRead(path: string): Promise<string | null> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited !== undefined) return edited?.text ?? null;
    return (await this.baseOf(name))?.content?.text ?? null;
  }

  /** The text on disk when the overlay first read it, or null. */
  async readBase(path: string): Promise<string | null> {
    return (await this.baseOf(repositoryPath(path)))?.content?.text ?? null;
  }

  /** The git blob id of the file with the edits made so far; null when there is no such file. */
  async blobOf(path: string): Promise<string | null> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === undefined) return (await this.baseOf(name))?.blob ?? null;
    return edited === null ? null : blobId(bytesOf(name, edited));
  }

  /** The git blob id of the file on disk when the overlay first read it; null when there was none. */
  async baseBlobOf(path: string): Promise<string | null> {
    return (await this.baseOf(repositoryPath(path)))?.blob ?? null;
  }

  /**
   * Replaces the text of an existing file. New lines take the line ending that the file has.
   * @throws HilError `validation_error` when the file is missing, binary, or can't express the text
   */
  async replaceText(path: string, text: string): Promise<void> {
    const name = repositoryPath(path);
    const before = await this.contentOf(name);
    const after = { ...before, text: keepEndings(before.text, text) };
    bytesOf(name, after);
    this.edits.set(name, after);
  }

  /** The bytes of a file with the edits made so far; null when there is no such file. */
  async bytesOf(path: string): Promise<Buffer | null> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === undefined) return (await this.baseOf(name))?.bytes ?? null;
    return edited === null ? null : bytesOf(name, edited);
  }

  /** The bytes on disk when the overlay first read the file; null when there was none. */
  async baseBytesOf(path: string): Promise<Buffer | null> {
    return (await this.baseOf(repositoryPath(path)))?.bytes ?? null;
  }

  /**
   * Takes what a tool made of an existing text file; its mode stays.
   * @throws HilError `validation_error` when it is no text or in another encoding now
   */
  async takeBytes(path: string, bytes: Buffer): Promise<void> {
    const name = repositoryPath(path);
    const before = await this.contentOf(name);
    const decoded = decode(bytes);
    if (decoded === null || decoded.encoding !== before.encoding) {
      throw new HilError('validation_error', `${name} would no longer be ${before.encoding} text.`);
    }
    this.edits.set(name, { ...before, text: decoded.text });
  }

  /** Creates a file. @throws HilError `validation_error` when it exists, also under another case */
  async create(path: string, text: string, mode = 0o644): Promise<void> {
    const name = repositoryPath(path);
    if (await this.exists(name)) {
      throw new HilError(
        'validation_error',
        `${name} exists already. Edit it, or choose another path.`,
      );
    }
    await this.refuseFileAsFolder(name);
    this.edits.set(name, { text, encoding: 'utf8', mode });
  }

  /** Deletes a file. @throws HilError `validation_error` when it does not exist */
  async delete(path: string): Promise<void> {
    const name = repositoryPath(path);
    if (!(await this.exists(name))) throw missing(name);
    this.edits.set(name, null);
    this.moves.delete(name);
  }

  /** Moves a text file with its encoding and mode. @throws HilError `validation_error` as create and delete do */
  async move(path: string, to: string): Promise<void> {
    const from = repositoryPath(path);
    const name = repositoryPath(to);
    const content = await this.contentOf(from);
    if (await this.exists(name)) {
      throw new HilError(
        'validation_error',
        `${name} exists already. Choose another path to move to.`,
      );
    }
    this.edits.set(from, null);
    await this.refuseFileAsFolder(name);
    this.edits.set(name, content);
    this.moves.set(name, this.moves.get(from) ?? from);
    this.moves.delete(from);
  }

  /** Every file that differs from the disk, sorted by path; a move is one entry. */
  async changedFiles(): Promise<FileChange[]> {
    const changes: FileChange[] = [];
    const movedAway = new Set<string>();
    for (const [path, from] of this.moves) if (this.edits.get(path)) movedAway.add(from);
    for (const [path, edited] of this.edits) {
      const base = await this.baseOf(path);
      const from = this.moves.get(path);
      if (edited === null) {
        if (base && !movedAway.has(path)) {
          changes.push({
            path,
            status: 'deleted',
            before: base.content?.text ?? null,
            after: null,
            mode: 0,
          });
        }
        continue;
      }
      if (base && from === undefined) {
        if (bytesOf(path, edited).equals(base.bytes)) continue;
        const before = base.content?.text ?? null;
        changes.push({ path, status: 'modified', before, after: edited.text, mode: edited.mode });
      } else {
        const source = from === undefined ? null : await this.baseOf(from);
        const renamed =
          source && from !== path
            ? { status: 'renamed' as const, from }
            : { status: 'added' as const };
        changes.push({
          path,
          ...renamed,
          before: source?.content?.text ?? base?.content?.text ?? null,
          after: edited.text,
          mode: edited.mode,
        });
      }
    }
    return changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The edits made so far, to give back to {@link restore}. */
  snapshot(): OverlaySnapshot {
    return { edits: new Map(this.edits), moves: new Map(this.moves) };
  }

  /** Forgets every edit made after the snapshot. */
  restore(snapshot: OverlaySnapshot): void {
    this.edits.clear();
    this.moves.clear();
    for (const [path, content] of snapshot.edits) this.edits.set(path, content);
    for (const [path, from] of snapshot.moves) this.moves.set(path, from);
  }

  /** Texts that differ from the disk (null: deleted), for tools that read the worktree themselves. */
  overrides(): Map<string, string | null> {
    return new Map([...this.edits].map(([path, content]) => [path, content?.text ?? null]));
  }

  /**
   * Writes all edits or none: a failure restores every byte that was written before it.
   * @throws HilError `validation_error` when a file on disk is no longer what the overlay read
   */
  async write(signal?: AbortSignal): Promise<void> {
    const writes: FileWrite[] = [];
    for (const [path, edited] of this.edits) {
      const base = await this.baseOf(path);
      await this.realLocation(path);
      const after = edited && bytesOf(path, edited);
      if (after === null && base === null) continue;
      if (after && base && after.equals(base.bytes)) continue;
      writes.push({ path, before: base?.bytes ?? null, after, mode: edited?.mode ?? 0o644 });
    }
    await writeAll(this.root, writes, signal);
    for (const { path } of writes) this.base.delete(path);
    this.edits.clear();
    this.moves.clear();
  }

  private async contentOf(path: string): Promise<FileContent> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === null) throw missing(name);
    if (edited) return edited;
    const base = await this.baseOf(name);
    if (!base) throw missing(name);
    if (!base.content) {
      throw new HilError(
        'validation_error',
        `${name} is binary or over 16 MiB and can't be edited as text.`,
      );
    }
    return base.content;
  }

  private async baseOf(name: string): Promise<BaseFile | null> {
    const known = this.base.get(name);
    if (known !== undefined) return known;
    const file = await this.readFromDisk(name);
    this.base.set(name, file);
    return file;
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
  private async realLocation(name: string): Promise<string> {
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

  private async refuseFileAsFolder(name: string): Promise<void> {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const folder = name.slice(0, at);
      const edited = this.edits.get(folder);
      const stat = edited === undefined ? await lstat(join(this.root, folder)).catch(absent) : null;
      if (edited || stat?.isFile()) {
        throw new HilError('validation_error', `${name} can't be created: ${folder} is a file.`);
      }
    }
  }
}

/** Edits of an {@link Overlay} at one moment. */
export interface OverlaySnapshot {
  readonly edits: ReadonlyMap<string, FileContent | null>;
  readonly moves: ReadonlyMap<string, string>;
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw error;
}

function missing(name: string): HilError {
  return new HilError('validation_error', `${name} does not exist. Check the path and its case.`);
}

function bytesOf(name: string, content: FileContent): Buffer {
  const bytes = encode(content.text, content.encoding);
  if (bytes) return bytes;
  throw new HilError(
    'validation_error',
    `${name} is not UTF-8, and the new text has characters its encoding can't hold. Convert the file to UTF-8 first.`,
  );
}

/** New lines get the ending of the file; a file of mixed endings keeps what the edit says. */
function keepEndings(before: string, after: string): string {
  const ending = lineEndingOf(before);
  const mixed = before !== withLineEnding(before, ending);
  return mixed ? after : withLineEnding(after, ending);
}
