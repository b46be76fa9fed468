import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HilError } from '@hil/contracts';

/** One file to write: null means absent. */
export interface FileWrite {
  path: string;
  before: Buffer | null;
  after: Buffer | null;
  mode: number;
}

/** What was done, in order, to be undone in reverse. */
type Undo = () => Promise<void>;

/**
 * Writes every file or none. New contents go to temporary files first, so that a full disk or a missing
 * right shows before anything is replaced; then each is renamed into place. When one step fails, those
 * before it are undone from the bytes at hand.
 * @throws HilError `validation_error` when a file on disk differs from `before`
 */
export async function writeAll(
  root: string,
  writes: readonly FileWrite[],
  signal?: AbortSignal,
): Promise<void> {
  const undo: Undo[] = [];
  try {
    for (const write of writes) await refuseIfMoved(root, write);
    const staged = new Map<string, string>();
    for (const write of writes) {
      signal?.throwIfAborted();
      if (write.after) staged.set(write.path, await stage(root, write, write.after, undo));
    }
    signal?.throwIfAborted();
    // Deletions first: a file may make way for a folder of the same name.
    for (const write of writes) if (!write.after) await remove(root, write, undo);
    for (const write of writes) {
      const temporary = staged.get(write.path);
      if (temporary !== undefined) await replace(root, write, temporary, undo);
    }
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
  for (const write of writes) if (!write.after) await removeEmptyFolders(root, write.path);
}

async function refuseIfMoved(root: string, write: FileWrite): Promise<void> {
  const now = await readFile(join(root, write.path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  const same =
    now === null || write.before === null ? now === write.before : now.equals(write.before);
  if (same) return;
  throw new HilError(
    'validation_error',
    `${write.path} changed on disk while it was being edited, so nothing was written. Start again from the new content.`,
  );
}

async function stage(root: string, write: FileWrite, bytes: Buffer, undo: Undo[]): Promise<string> {
  const absolute = join(root, write.path);
  let folder = dirname(absolute);
  // A file in the way is deleted by this very task (checked by the overlay): stage beside it.
  for (let stat = await type(folder); stat === 'file'; stat = await type(folder))
    folder = dirname(folder);
  await makeFolders(root, folder, undo);
  const temporary = join(folder, `.hil-${randomUUID()}.tmp`);
  undo.push(() => rm(temporary, { force: true }));
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await chmod(temporary, write.mode);
  return temporary;
}

async function type(path: string): Promise<'file' | 'folder' | 'none'> {
  const stat = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (!stat) return 'none';
  return stat.isDirectory() ? 'folder' : 'file';
}

async function makeFolders(root: string, folder: string, undo: Undo[]): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; at !== root && (await type(at)) === 'none'; at = dirname(at))
    missing.push(at);
  for (const path of missing.reverse()) {
    await mkdir(path);
    undo.push(() => rmdir(path));
  }
}

async function remove(root: string, write: FileWrite, undo: Undo[]): Promise<void> {
  const absolute = join(root, write.path);
  const mode = (await lstat(absolute)).mode & 0o777;
  await rm(absolute);
  undo.push(() => put(absolute, write.before ?? Buffer.alloc(0), mode));
}

async function replace(
  root: string,
  write: FileWrite,
  temporary: string,
  undo: Undo[],
): Promise<void> {
  const absolute = join(root, write.path);
  await makeFolders(root, dirname(absolute), undo);
  const { before } = write;
  const mode = before ? (await lstat(absolute)).mode & 0o777 : 0;
  await rename(temporary, absolute);
  undo.push(() => (before ? put(absolute, before, mode) : rm(absolute, { force: true })));
}

async function put(absolute: string, bytes: Buffer, mode: number): Promise<void> {
  const handle = await open(absolute, 'w', mode);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
  await chmod(absolute, mode);
}

async function removeEmptyFolders(root: string, path: string): Promise<void> {
  for (let folder = dirname(join(root, path)); folder !== root; folder = dirname(folder)) {
    const done = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!done) return;
  }
}
