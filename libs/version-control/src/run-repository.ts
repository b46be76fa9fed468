import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSha } from './layout.js';
import type { GitProcess } from './git-process.js';

/**
 * Every attribute that changes bytes between tree and disk, or starts a driver, is taken back for all
 * paths. info/attributes outranks every .gitattributes of the tree.
 */
const NEUTRAL_ATTRIBUTES =
  '* -text !eol !filter -ident !working-tree-encoding !diff !merge !export-ignore !export-subst !delta\n';

/**
 * Makes a git dir of our own that borrows the mirror's objects: new commits stay here, nothing in it
 * comes from the repository's configuration.
 * @param gitDir a folder that does not exist yet
 * @param headSha left out while the commit is still to come, from a bundle: git refuses to work with a HEAD it can't read
 */
export async function createRunRepository(
  gitDir: string,
  mirrorPath: string,
  headSha?: string,
): Promise<void> {
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true, mode: 0o700 });
  await mkdir(join(gitDir, 'refs', 'heads'), { recursive: true });
  await mkdir(join(gitDir, 'info'), { recursive: true });
  await Promise.all([
    writeFile(
      join(gitDir, 'config'),
      '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n',
    ),
    writeFile(join(gitDir, 'objects', 'info', 'alternates'), join(mirrorPath, 'objects') + '\n'),
    writeFile(join(gitDir, 'info', 'attributes'), NEUTRAL_ATTRIBUTES),
    writeFile(
      join(gitDir, 'HEAD'),
      headSha === undefined ? 'ref: refs/heads/none\n' : `${checkSha(headSha)}\n`,
    ),
  ]);
}

/** Puts a bundle's objects into a git dir. Its prerequisites must be there already. */
export async function addBundle(
  git: GitProcess,
  gitDir: string,
  bundle: Buffer,
  signal?: AbortSignal,
): Promise<void> {
  const file = join(gitDir, `incoming-${randomBytes(6).toString('hex')}.bundle`);
  await writeFile(file, bundle, { mode: 0o600 });
  try {
    await git.ok(['bundle', 'unbundle', file], { gitDir, signal });
  } finally {
    await rm(file, { force: true });
  }
}

/** The commits a bundle builds on, and those it brings, read from its header (gitformat-bundle(5)). */
export function readBundleHeader(bundle: Buffer): { prerequisites: string[]; heads: string[] } {
  const end = bundle.indexOf('\n\n');
  const lines = bundle
    .subarray(0, end < 0 ? 0 : end)
    .toString('utf8')
    .split('\n');
  const prerequisites: string[] = [];
  const heads: string[] = [];
  for (const line of lines) {
    const match = /^(-?)([0-9a-f]{40})( |$)/.exec(line);
    if (match?.[2] === undefined) continue;
    (match[1] === '-' ? prerequisites : heads).push(match[2]);
  }
  return { prerequisites, heads };
}
