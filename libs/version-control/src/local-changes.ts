import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitProcess } from './git-process.js';
import type { Layout } from './layout.js';
import type { RemoteAccess } from './remote-access.js';
import { createRunRepository } from './run-repository.js';

/**
 * Counts the changed and untracked files of a person's work tree without touching it and without
 * reading its configuration: a copy of the index is compared from a git dir of our own, so no filter,
 * monitor or hook of theirs runs and their index is not refreshed.
 * @returns 0 for a bare repository
 */
export async function countUncommitted(
  git: GitProcess,
  layout: Layout,
  access: RemoteAccess,
  signal: AbortSignal | undefined,
): Promise<number> {
  const workTree = access.source;
  if (!(await isThere(join(workTree, '.git')))) return 0;
  const [theirs, common, head] = await Promise.all([
    revParse(git, access, '--absolute-git-dir', signal),
    revParse(git, access, '--git-common-dir', signal),
    revParse(git, access, 'HEAD', signal),
  ]);
  const gitDir = join(layout.gitDirs, 'local', randomBytes(6).toString('hex'));
  try {
    await mkdir(dirname(gitDir), { recursive: true });
    await createRunRepository(gitDir, common, head);
    if (!(await isThere(join(theirs, 'index')))) return 0;
    for (const name of await readdir(theirs)) {
      if (name === 'index' || name.startsWith('sharedindex.')) {
        await copyFile(join(theirs, name), join(gitDir, name));
      }
    }
    await copyFile(join(common, 'info', 'exclude'), join(gitDir, 'info', 'exclude')).catch(
      () => undefined,
    );
    const text = await git.read(['status', '--porcelain=v1', '-z', '--ignore-submodules=all'], {
      gitDir,
      workTree,
      signal,
      // Their checkout has real symlinks; ours would see each as changed.
      settings: [['core.symlinks', 'true']],
    });
    return countEntries(text);
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}

async function revParse(
  git: GitProcess,
  access: RemoteAccess,
  question: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  // The explicit git dir keeps git from looking in the folders above.
  return git.line(['rev-parse', '--path-format=absolute', question], {
    ...access.call,
    gitDir: join(access.source, '.git'),
    workTree: access.source,
    signal,
  });
}

/** Entries of `status -z`; a rename is one entry followed by its old path. */
function countEntries(text: string): number {
  const parts = text.split('\0').filter((part) => part !== '');
  let count = 0;
  for (let index = 0; index < parts.length; index += 1) {
    count += 1;
    if (/^[RC]/.test(parts[index] ?? '')) index += 1;
  }
  return count;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
