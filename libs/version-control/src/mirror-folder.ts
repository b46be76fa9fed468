import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The bare mirror at `path`, made if it is not there, cleaned up if it is. Call under the repository's lock. */
export async function openMirror(path: string): Promise<string> {
  if (await isMirror(path)) {
    await removeLeftovers(path);
    return path;
  }
  await rm(path, { recursive: true, force: true });
  await mkdir(join(path, 'objects', 'pack'), { recursive: true, mode: 0o700 });
  await mkdir(join(path, 'refs', 'heads'), { recursive: true });
  await writeFile(join(path, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  // HEAD last: it is what makes the folder a repository.
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/none\n');
  return path;
}

/** True when the folder holds a mirror that was made completely. */
export async function isMirror(path: string): Promise<boolean> {
  return stat(join(path, 'HEAD')).then(
    () => true,
    () => false,
  );
}

/** One ref a branch, encoded so that branches `a` and `a/b` can follow each other. */
export function originRef(branch: string): string {
  return `refs/origin/${encodeURIComponent(branch)}`;
}

/** Removes lock files and half packs of a git that was killed. Only the holder of the repository lock may call this. */
export async function removeLeftovers(gitDir: string): Promise<void> {
  await sweep(gitDir, /\.lock$/);
  await sweep(join(gitDir, 'refs'), /\.lock$/, true);
  await sweep(join(gitDir, 'objects', 'pack'), /^(tmp_|\.tmp-)/);
}

async function sweep(folder: string, pattern: RegExp, deep = false): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile() && pattern.test(entry.name)) await rm(path, { force: true });
    else if (entry.isDirectory() && deep) await sweep(path, pattern, deep);
  }
}
