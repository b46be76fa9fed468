import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Worktree } from '@hil/version-control';

/** A file as a commit lists it. */
export interface TrackedFile {
  path: string;
  /** Git's id of its content. */
  blob: string;
  size: number;
}

/**
 * The bytes of a file as a commit has them. Most stand on disk just so, which their id proves; asking git
 * takes two processes a file, ten times as long as reading and parsing it.
 */
export async function readTracked(
  worktree: Pick<Worktree, 'path' | 'readFile'>,
  sha: string,
  file: TrackedFile,
): Promise<Buffer> {
  return (await fromDisk(worktree.path, file)) ?? worktree.readFile(sha, file.path);
}

/** The file on disk when its content has that id, else null: edits, filters and links change it. */
async function fromDisk(root: string, { path, blob, size }: TrackedFile): Promise<Buffer | null> {
  // A test run may have left a pipe there: opening must not wait for a writer.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(root, path), flags).catch(() => null);
  if (file === null) return null;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size !== size) return null;
    const bytes = await file.readFile();
    return blobId(bytes, blob.length) === blob ? bytes : null;
  } finally {
    await file.close();
  }
}

/** Git's id of some content: SHA-1, or SHA-256 where the repository has such ids. */
function blobId(bytes: Buffer, length: number): string {
  return createHash(length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
