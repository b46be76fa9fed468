import { type Dirent } from 'node:fs';
import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';

const SKIPPED = new Set(['node_modules', '.git', 'vendor', 'dist', '.venv', 'venv', '__pycache__']);
/** A repository with more folders is looked at in part: detection has to stay quick. */
const MAX_FOLDERS = 5_000;
const MAX_BYTES = 2_000_000;

/**
 * Text of a repository file; null when it is absent, no plain file, larger than 2 MB, or outside. Tests that ran in the
 * tree may have put a link to a file of the host there, or a pipe that never ends.
 */
export async function readRepositoryFile(root: string, path: string): Promise<string | null> {
  try {
    const [top, real] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (!real.startsWith(join(top, '/'))) return null;
    const entry = await lstat(real);
    return entry.isFile() && entry.size <= MAX_BYTES ? await readFile(real, 'utf8') : null;
  } catch {
    return null;
  }
}

/** Whether a posix path of the repository lies in a folder or below; `.` has all. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '.' || path.startsWith(`${folder}/`);
}

/**
 * Posix paths of the files below `root` for which `wanted` is true, nearest first, sorted in each
 * folder. Links are not followed; dependency and build folders are skipped.
 */
export async function findRepositoryFiles(
  root: string,
  wanted: (name: string, path: string) => boolean,
  maxDepth = 6,
): Promise<string[]> {
  const found: string[] = [];
  let folders = ['.'];
  let seen = 0;
  for (let depth = 0; depth <= maxDepth && folders.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of folders) {
      seen += 1;
      if (seen > MAX_FOLDERS) return found;
      const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(
        (): Dirent[] => [],
      );
      for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = posix.join(folder, entry.name);
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) next.push(path);
        else if (entry.isFile() && wanted(entry.name, path)) found.push(path);
      }
    }
    folders = next;
  }
  return found;
}
