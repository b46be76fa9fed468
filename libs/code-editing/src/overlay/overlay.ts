import { realpath } from 'node:fs/promises';
import { HilError } from '@hil/contracts';
import { changesOfEdits, type FileChange, type OverlaySnapshot } from './overlay-changes.js';
import { repositoryPath } from './repository-path.js';
import { blobId, contentBytes, decode, keepEndings, type FileContent } from './text-file.js';
import { WorktreeFiles } from './worktree-files.js';
import { writeAll, type FileWrite } from './write-all.js';

/**
 * Edits of a worktree, held in memory until {@link Overlay.write} writes all of them or none.
 * Each file is read from disk once; encoding, BOM, line endings and mode stay as they are.
 * Paths that leave the root (`..`, absolute, through a symlink) or reach `.git` are refused.
 */
export class Overlay {
  private readonly base: WorktreeFiles;
  private readonly edits = new Map<string, FileContent | null>();
  /** New path to old path of moved files. */
  private readonly moves = new Map<string, string>();

  private constructor(readonly root: string) {
    this.base = new WorktreeFiles(root);
  }

  /** @param root absolute path of the worktree */
  static async open(root: string): Promise<Overlay> {
    return new Overlay(await realpath(root));
  }

  /** True when the file exists with the edits made so far. */
  async exists(path: string): Promise<boolean> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited !== undefined) return edited !== null;
    return (await this.base.get(name)) !== null;
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
    return (await this.base.get(name))?.content?.text ?? null;
  }

  /** The text on disk when the overlay first read it, or null. */
  async readBase(path: string): Promise<string | null> {
    return (await this.base.get(repositoryPath(path)))?.content?.text ?? null;
  }

  /** The git blob id of the file with the edits made so far; null when there is no such file. */
  async blobOf(path: string): Promise<string | null> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === undefined) return (await this.base.get(name))?.blob ?? null;
    return edited === null ? null : blobId(contentBytes(name, edited));
  }

  /** The git blob id of the file on disk when the overlay first read it; null when there was none. */
  async baseBlobOf(path: string): Promise<string | null> {
    return (await this.base.get(repositoryPath(path)))?.blob ?? null;
  }

  /**
   * Replaces the text of an existing file. New lines take the line ending that the file has.
   * @throws HilError `validation_error` when the file is missing, binary, or can't express the text
   */
  async replaceText(path: string, text: string): Promise<void> {
    const name = repositoryPath(path);
    const before = await this.contentOf(name);
    const after = { ...before, text: keepEndings(before.text, text) };
    contentBytes(name, after);
    this.edits.set(name, after);
  }

  /** The bytes of a file with the edits made so far; null when there is no such file. */
  async bytesOf(path: string): Promise<Buffer | null> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === undefined) return (await this.base.get(name))?.bytes ?? null;
    return edited === null ? null : contentBytes(name, edited);
  }

  /** The bytes on disk when the overlay first read the file; null when there was none. */
  async baseBytesOf(path: string): Promise<Buffer | null> {
    return (await this.base.get(repositoryPath(path)))?.bytes ?? null;
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
    const origin = this.moves.get(from) ?? from;
    this.moves.delete(from);
    // Back where it was, it has not moved.
    if (origin !== name) this.moves.set(name, origin);
  }

  /** Every file that differs from the disk, sorted by path; a move is one entry. */
  changedFiles(): Promise<FileChange[]> {
    return changesOfEdits(this.snapshot(), (path) => this.base.get(path));
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
      const base = await this.base.get(path);
      await this.base.realLocation(path);
      const after = edited && contentBytes(path, edited);
      if (after === null && base === null) continue;
      if (after && base && after.equals(base.bytes)) continue;
      writes.push({ path, before: base?.bytes ?? null, after, mode: edited?.mode ?? 0o644 });
    }
    await writeAll(this.root, writes, signal);
    for (const { path } of writes) this.base.forget(path);
    this.edits.clear();
    this.moves.clear();
  }

  private async contentOf(path: string): Promise<FileContent> {
    const name = repositoryPath(path);
    const edited = this.edits.get(name);
    if (edited === null) throw missing(name);
    if (edited) return edited;
    const base = await this.base.get(name);
    if (!base) throw missing(name);
    if (!base.content) {
      throw new HilError(
        'validation_error',
        `${name} is binary or over 16 MiB and can't be edited as text.`,
      );
    }
    return base.content;
  }

  private async refuseFileAsFolder(name: string): Promise<void> {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const folder = name.slice(0, at);
      const edited = this.edits.get(folder);
      if (edited || (edited === undefined && (await this.base.isFile(folder)))) {
        throw new HilError('validation_error', `${name} can't be created: ${folder} is a file.`);
      }
    }
  }
}

function missing(name: string): HilError {
  return new HilError('validation_error', `${name} does not exist. Check the path and its case.`);
}
