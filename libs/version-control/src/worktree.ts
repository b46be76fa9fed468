import { mkdir, readdir, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HilError } from '@hil/contracts';
import { CommitReader } from './commit-reader.js';
import { checkSha } from './layout.js';
import type { MirrorStore } from './mirror-store.js';
import type { RepositoryAddress } from './repository-address.js';
import { addBundle, createRunRepository, readBundleHeader } from './run-repository.js';
import { indexInfo, type FileState } from './tree-states.js';
import { isGitLikeName, resolveInTree } from './tree-paths.js';

/** What to open. */
export interface OpenWorktree {
  address: RepositoryAddress;
  runId: string;
  /** The commit to check out; from the mirror, or the head of `bundle`. */
  sha: string;
  /** The run's commits since its base, as {@link Worktree.bundle} made them. */
  bundle?: Buffer | undefined;
  /** An own place for the files; default below DATA_DIR. It must not exist or be empty. */
  path?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** One commit to make. */
export interface CommitRequest {
  message: string;
  author: { name: string; email: string };
  /** Author and committer date; the same tree, parent, message, author and date give the same commit id. */
  date: Date;
}

/**
 * Checks a commit out for a run. The files lie in `path`; the git dir lies elsewhere, so nothing
 * written into the tree can configure our git, and there is no `.git` in it.
 * @throws HilError base_gone when the commit is neither in the mirror, the bundle nor at the origin
 */
export async function openWorktree(store: MirrorStore, request: OpenWorktree): Promise<Worktree> {
  const { address, bundle, signal } = request;
  const sha = checkSha(request.sha);
  const place = store.layout.forRun(request.runId);
  const path = request.path ?? place.worktree;
  // Opening cleans the folder, so it must not hold anything of somebody else.
  if ((await readdir(path).catch(() => [])).length > 0) {
    throw new HilError('internal_error', `The folder ${path} is not empty.`);
  }
  const incoming = bundle !== undefined && bundle.length > 0 ? readBundleHeader(bundle) : undefined;
  const fromBundle = incoming?.heads.includes(sha) === true;
  for (const base of fromBundle ? incoming.prerequisites : [sha])
    await store.ensureCommit(address, base, { signal });
  const tree = new Worktree(store.git, path, place.gitDir, signal);
  try {
    await createRunRepository(place.gitDir, store.layout.mirror(address.key));
    await writeFile(join(place.gitDir, 'hil-worktree'), path);
    if (bundle !== undefined && fromBundle) {
      await addBundle(store.git, place.gitDir, bundle, signal);
    }
    await mkdir(path, { recursive: true, mode: 0o700 });
    await tree.resetHard(sha);
    return tree;
  } catch (error) {
    await tree.dispose();
    throw error;
  }
}

/** The files of a run on disk, and its commits. Opened by {@link openWorktree}, closed by {@link Worktree.dispose}. */
export class Worktree extends CommitReader {
  /** The commit the tree stands on. */
  async head(): Promise<string> {
    return (await this.read(['rev-parse', 'HEAD'])).trim();
  }

  /**
   * Commits everything that differs from HEAD, ignored files included: only our editor writes here,
   * and what it wrote is the change.
   * @returns the new commit id, or null when nothing changed
   * @throws HilError validation_error when the change holds a nested repository, a git-like name or a symlink that leaves the tree
   */
  async commitAll(request: CommitRequest): Promise<string | null> {
    const call = this.call();
    const parent = await this.head();
    await this.git.ok(['add', '--all', '--force', '--', '.'], call);
    try {
      await this.#checkStaged(parent);
    } catch (error) {
      await this.git.ok(['read-tree', parent], call);
      throw error;
    }
    const sha = await this.#commitIndex(parent, request);
    if (sha !== null) await this.git.ok(['update-ref', '--no-deref', 'HEAD', sha, parent], call);
    return sha;
  }

  /** Commits the index on a parent; null when it is the parent's tree. */
  async #commitIndex(parent: string, request: CommitRequest): Promise<string | null> {
    const call = this.call();
    const tree = await this.git.line(['write-tree'], call);
    if (tree === (await this.git.line(['rev-parse', `${parent}^{tree}`], call))) return null;
    // With @: without it git refuses seconds before 1973.
    const stamp = `@${Math.floor(request.date.getTime() / 1000)} +0000`;
    const name = oneLine(request.author.name) || 'hil';
    const email = oneLine(request.author.email) || 'hil@localhost';
    return this.git.line(['commit-tree', tree, '-p', parent, '-F', '-'], {
      ...call,
      input: `${request.message.replaceAll('\0', '').trim()}\n`,
      variables: {
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: stamp,
        GIT_COMMITTER_NAME: name,
        GIT_COMMITTER_EMAIL: email,
        GIT_COMMITTER_DATE: stamp,
      },
    });
  }

  /**
   * Commits a parent with some paths as given, apart from the files on disk and HEAD; null when nothing
   * differs. For finished changes that are made again: {@link keepHunks}.
   */
  async commitStates(
    parent: string,
    states: ReadonlyMap<string, FileState>,
    request: CommitRequest,
  ): Promise<string | null> {
    const call = this.call();
    await this.git.ok(['read-tree', checkSha(parent)], call);
    const input = indexInfo(states);
    await this.git.ok(['update-index', '-z', '--index-info'], { ...call, input });
    return this.#commitIndex(parent, request);
  }

  /** Stores bytes as an object; the answer is its id. */
  async writeBlob(bytes: Buffer): Promise<string> {
    return this.git.line(['hash-object', '-w', '--stdin'], { ...this.call(), input: bytes });
  }

  /** Throws away every change, untracked files included, and stands on `sha`. */
  async resetHard(sha: string): Promise<void> {
    const call = this.call();
    await this.git.ok(['update-ref', '--no-deref', 'HEAD', checkSha(sha)], call);
    await this.git.ok(['reset', '--hard', '--quiet', sha], call);
    await this.git.ok(['clean', '-ffdxq'], call);
  }

  /**
   * The commits after `base` up to `head` as a git bundle that holds `branch`.
   * @throws HilError validation_error when there are none
   */
  async bundle(base: string, head: string, branch: string): Promise<Buffer> {
    if (checkSha(base) === checkSha(head)) {
      throw new HilError('validation_error', 'There are no commits to bundle.');
    }
    const call = this.call();
    const ref = `refs/heads/${branch}`;
    await this.git.ok(['update-ref', '--no-deref', ref, head], call);
    return this.git.ok(['bundle', 'create', '--quiet', '-', ref, `^${base}`], call);
  }

  /** Removes the files and the git dir; the mirror stays. */
  async dispose(): Promise<void> {
    for (const folder of [this.path, this.gitDir]) {
      await rm(folder, { recursive: true, force: true, maxRetries: 2 });
      await rmdir(dirname(folder)).catch(() => undefined); // the run's folder, once it is empty
    }
  }

  /** Looks at what `add` staged before it becomes a commit. */
  async #checkStaged(parent: string): Promise<void> {
    const text = await this.read([
      'diff-index',
      '--cached',
      '--raw',
      '-z',
      '--no-renames',
      parent,
      '--',
    ]);
    const parts = text.split('\0');
    for (let index = 0; index + 1 < parts.length; index += 2) {
      const [, mode = ''] = (parts[index] ?? '').split(' ');
      const path = parts[index + 1] ?? '';
      if (path.split('/').some(isGitLikeName)) throw refused(path, 'has a name git reserves');
      if (mode === '160000') throw refused(path, 'is a repository of its own');
      if (mode === '120000' && !(await this.#staysInside(path))) {
        throw refused(path, 'is a symlink that leads out of the repository');
      }
    }
  }

  async #staysInside(path: string): Promise<boolean> {
    let target: string;
    try {
      target = await readlink(join(this.path, path));
    } catch {
      return true; // kept as a plain file that holds its target: it was a symlink before
    }
    return resolveInTree(path, new Map([[path, target]])) !== undefined;
  }
}

function refused(path: string, why: string): HilError {
  return new HilError('validation_error', `${path} ${why}, so it was not committed.`);
}

function oneLine(text: string): string {
  return text.replace(/[<>\u0000-\u001f]+/gu, ' ').trim();
}
