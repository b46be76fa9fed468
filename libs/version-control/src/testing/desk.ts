import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileMap } from '@hil/testing';
import type { Worktree } from '../index.js';
import { COMMIT, Stand } from './stand.js';

/** A stand with a worktree open on its repository, in which a spec writes and commits. */
export class Desk {
  private constructor(
    readonly stand: Stand,
    readonly tree: Worktree,
    /** The commit it was opened on. */
    readonly base: string,
  ) {}

  static async open(files: FileMap): Promise<Desk> {
    const stand = await Stand.open(files);
    const { baseSha } = await stand.store.sync(stand.address);
    return new Desk(stand, await stand.openAt(baseSha), baseSha);
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.tree.path, path)), { recursive: true });
    await writeFile(join(this.tree.path, path), text);
  }

  async commit(message: string): Promise<string> {
    const sha = await this.tree.commitAll({ ...COMMIT, message });
    if (sha === null) throw new Error('nothing to commit');
    return sha;
  }

  async close(): Promise<void> {
    await this.tree.dispose();
    await this.stand.close();
  }
}
