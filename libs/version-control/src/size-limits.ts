import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HilError } from '@hil/contracts';
import type { GitProcess } from './git-process.js';

/** REPO_MAX_MB and REPO_MAX_FILES. */
export interface SizeLimits {
  /** Megabytes (2^20 bytes), of the fetched packs and, apart, of the checked-out tree. */
  maxMb: number;
  maxFiles: number;
}

const MIB = 1024 * 1024;

/**
 * Sums the packs of a mirror, the one being received included.
 * @throws HilError repository_too_large
 */
export async function checkPackSize(gitDir: string, limits: SizeLimits): Promise<void> {
  const packs = join(gitDir, 'objects', 'pack');
  let bytes = 0;
  for (const name of await readdir(packs).catch(() => [])) {
    if (!/^tmp_pack|\.pack$/.test(name)) continue;
    bytes += await stat(join(packs, name)).then(
      (found) => found.size,
      () => 0, // renamed while we looked
    );
  }
  if (bytes > limits.maxMb * MIB) {
    throw tooLarge(`Its history is larger than ${limits.maxMb} MB (REPO_MAX_MB).`);
  }
}

/**
 * Sums what a checkout would write, before anything is written: a small pack can hold a huge tree.
 * @throws HilError repository_too_large
 */
export async function checkTreeSize(
  git: GitProcess,
  gitDir: string,
  sha: string,
  limits: SizeLimits,
  signal: AbortSignal | undefined,
): Promise<void> {
  // A line needs at least 60 bytes; longer paths get their share. Past it there are too many files anyhow.
  const { stdout, truncated } = await git.run(['ls-tree', '-r', '-l', '-z', sha], {
    gitDir,
    signal,
    maxOutputBytes: Math.max(MIB, limits.maxFiles * 320),
    onLimit: 'truncate',
  });
  let files = 0;
  let bytes = 0;
  let start = 0;
  for (let end = stdout.indexOf(0); end >= 0; end = stdout.indexOf(0, start)) {
    // "<mode> SP <type> SP <object> SP+ <size> TAB <path>"
    const size = Number(
      stdout.toString('latin1', start, stdout.indexOf(9, start)).slice(52).trim(),
    );
    if (Number.isFinite(size)) bytes += size;
    files += 1;
    start = end + 1;
  }
  if (truncated || files > limits.maxFiles) {
    throw tooLarge(`It has more than ${limits.maxFiles} files (REPO_MAX_FILES).`);
  }
  if (bytes > limits.maxMb * MIB) {
    throw tooLarge(
      `Its files take ${Math.ceil(bytes / MIB)} MB, more than ${limits.maxMb} MB (REPO_MAX_MB).`,
    );
  }
}

function tooLarge(reason: string): HilError {
  return new HilError(
    'repository_too_large',
    `The repository is too large to work on here. ${reason}`,
  );
}
