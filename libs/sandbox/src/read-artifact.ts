import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';

/** Larger ones are cut: a test can write a report of any size. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a file that a command left in its workspace, after the command has ended. A stranger made the
 * tree: every part of the path is looked at without following links, and only a plain file is read.
 * Null when there is none, when a link or anything else stands in the way, or the path leads outside.
 */
export async function readArtifact(
  workspace: string,
  path: string,
  maxBytes: number = MAX_BYTES,
): Promise<{ content: Buffer; truncated: boolean } | null> {
  const relative = posix.normalize(path);
  if (isAbsolute(relative) || relative.split('/').includes('..')) return null;
  const parts = relative.split('/').filter((part) => part !== '' && part !== '.');
  let place = workspace;
  for (const part of parts.slice(0, -1)) {
    place = join(place, part);
    const entry = await lstat(place).catch(() => null);
    if (!entry?.isDirectory()) return null;
  }
  const file = join(place, parts.at(-1) ?? '');
  if (!(await lstat(file).catch(() => null))?.isFile()) return null;
  // A pipe or a link put there in the meantime is neither waited for nor followed.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const { size, isFile } = await handle.stat().then((entry) => ({
      size: entry.size,
      isFile: entry.isFile(),
    }));
    if (!isFile) return null;
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { content: buffer.subarray(0, bytesRead), truncated: size > maxBytes };
  } finally {
    await handle.close();
  }
}

/** Plain files of one folder of the workspace, by name; empty when a link or nothing is there. */
export async function listArtifacts(workspace: string, folder: string): Promise<string[]> {
  const relative = posix.normalize(folder);
  if (isAbsolute(relative) || relative.split('/').includes('..')) return [];
  let place = workspace;
  for (const part of relative.split('/').filter((one) => one !== '' && one !== '.')) {
    place = join(place, part);
    if (!(await lstat(place).catch(() => null))?.isDirectory()) return [];
  }
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => posix.join(relative, name))
    .sort();
}
