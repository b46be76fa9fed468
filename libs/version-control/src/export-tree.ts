import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { HilError } from '@hil/contracts';
import type { GitProcess } from './git-process.js';
import { checkSha } from './layout.js';
import type { MirrorStore } from './mirror-store.js';
import type { RepositoryAddress } from './repository-address.js';
import { addBundle, createRunRepository, readBundleHeader } from './run-repository.js';
import { parseTree, resolveInTree, type TreeFile } from './tree-paths.js';

/** What an export wrote. */
export interface ExportReport {
  /** Object id of the tree: the same files, the same id, whatever the commit. */
  treeId: string;
  files: number;
  /** Bytes. */
  size: number;
  /** Symlinks that would leave the tree; they are plain files that hold their target. */
  unsafeSymlinks: string[];
  /** Submodules: empty folders, never fetched. */
  submodules: string[];
}

/**
 * Writes the tree of a commit into a folder, byte for byte and without any git metadata. No attribute
 * of the repository applies (filters, line ends, export-ignore, export-subst), file modes are kept,
 * and only symlinks that stay inside the tree become symlinks.
 * @param destDir made if missing; must be empty
 * @throws HilError validation_error, base_gone
 */
export async function exportTree(
  store: MirrorStore,
  address: RepositoryAddress,
  sha: string,
  destDir: string,
  options: { bundle?: Buffer | undefined; signal?: AbortSignal | undefined } = {},
): Promise<ExportReport> {
  const { bundle, signal } = options;
  await mkdir(destDir, { recursive: true });
  if ((await readdir(destDir)).length > 0) {
    throw new HilError('validation_error', `The folder ${destDir} is not empty.`);
  }
  const incoming = bundle !== undefined && bundle.length > 0 ? readBundleHeader(bundle) : undefined;
  const fromBundle = incoming?.heads.includes(checkSha(sha)) === true;
  for (const base of fromBundle ? incoming.prerequisites : [sha]) {
    await store.ensureCommit(address, base, { signal });
  }
  const { gitDir } = store.layout.forRun('export');
  try {
    await createRunRepository(gitDir, store.layout.mirror(address.key));
    if (fromBundle && bundle !== undefined) await addBundle(store.git, gitDir, bundle, signal);
    const call = { gitDir, workTree: destDir, signal };
    const entries = parseTree(await store.git.ok(['ls-tree', '-r', '-l', '-z', sha], call));
    await store.git.ok(['read-tree', sha], call);
    await store.git.ok(['checkout-index', '--all', '--force', '--quiet'], call);
    const unsafeSymlinks = await makeSymlinks(store.git, gitDir, destDir, entries, signal);
    const treeId = await store.git.ok(['rev-parse', `${sha}^{tree}`], call);
    return {
      treeId: treeId.toString('utf8').trim(),
      files: entries.filter((entry) => entry.mode !== '160000').length,
      size: entries.reduce((sum, entry) => sum + entry.size, 0),
      unsafeSymlinks,
      submodules: entries.filter((entry) => entry.mode === '160000').map((entry) => entry.path),
    };
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}

/** Turns the plain files git wrote for symlinks into symlinks where that is safe; returns the others. */
async function makeSymlinks(
  git: GitProcess,
  gitDir: string,
  destDir: string,
  entries: readonly TreeFile[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const links = new Map<string, string>();
  for (const entry of entries.filter((file) => file.mode === '120000')) {
    const target = await git.ok(['cat-file', 'blob', entry.blob], { gitDir, signal });
    links.set(entry.path, target.toString('utf8'));
  }
  const unsafe: string[] = [];
  for (const [path, target] of links) {
    const resolved = target === '' ? undefined : resolveInTree(path, links);
    const loops = resolved === relative('.', path);
    if (resolved === undefined || loops) {
      unsafe.push(path);
      continue;
    }
    const place = join(destDir, path);
    await rm(place, { force: true });
    await mkdir(dirname(place), { recursive: true });
    await symlink(target, place);
  }
  return unsafe;
}
