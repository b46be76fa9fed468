import { mkdir, readdir, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HilError } from '@hil/contracts';
import { changedFiles, type ChangedFile } from './changed-files.js';
import type { GitProcess } from './git-process.js';
import { checkSha } from './layout.js';
import type { MirrorStore } from './mirror-store.js';
import type { RepositoryAddress } from './repository-address.js';
import { addBundle, createRunRepository, readBundleHeader } from './run-repository.js';
import { indexInfo, parseStates, type FileState } from './tree-states.js';
import { isGitLikeName, parseTree, resolveInTree, type TreeFile } from './tree-paths.js';

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

/** A unified diff, cut at a line end when it was longer than asked for. */
export interface DiffText {
  text: string;
  truncated: boolean;
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
export class Worktree {
  readonly #git: GitProcess;
  readonly #gitDir: string;
  readonly #signal: AbortSignal | undefined;

  constructor(
    git: GitProcess,
    /** Absolute path of the files. */
    readonly path: string,
    gitDir: string,
    signal: AbortSignal | undefined,
  ) {
    this.#git = git;
    this.#gitDir = gitDir;
    this.#signal = signal;
  }

  /** The commit the tree stands on. */
  async head(): Promise<string> {
    return (await this.#read(['rev-parse', 'HEAD'])).trim();
  }

  /** Ids, subjects and whole messages of the commits after `base` up to `head`, oldest first. */
  async log(
    base: string,
    head: string,
  ): Promise<{ sha: string; subject: string; message: string }[]> {
    const text = await this.#read([
      'log',
      '-z',
      '--reverse',
      '--format=%H %B',
      `${checkSha(base)}..${checkSha(head)}`,
    ]);
    return text
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => {
        const message = entry.slice(41).trimEnd();
        return { sha: entry.slice(0, 40), subject: message.split('\n')[0] ?? '', message };
      });
  }

  /**
   * Commits everything that differs from HEAD, ignored files included: only our editor writes here,
   * and what it wrote is the change.
   * @returns the new commit id, or null when nothing changed
   * @throws HilError validation_error when the change holds a nested repository, a git-like name or a symlink that leaves the tree
   */
  async commitAll(request: CommitRequest): Promise<string | null> {
    const call = this.#call();
    const parent = await this.head();
    await this.#git.ok(['add', '--all', '--force', '--', '.'], call);
    try {
      await this.#checkStaged(parent);
    } catch (error) {
      await this.#git.ok(['read-tree', parent], call);
      throw error;
    }
    const sha = await this.#commitIndex(parent, request);
    if (sha !== null) await this.#git.ok(['update-ref', '--no-deref', 'HEAD', sha, parent], call);
    return sha;
  }

  /** Commits the index on a parent; null when it is the parent's tree. */
  async #commitIndex(parent: string, request: CommitRequest): Promise<string | null> {
    const call = this.#call();
    const tree = await this.#git.line(['write-tree'], call);
    if (tree === (await this.#git.line(['rev-parse', `${parent}^{tree}`], call))) return null;
    // With @: without it git refuses seconds before 1973.
    const stamp = `@${Math.floor(request.date.getTime() / 1000)} +0000`;
    const name = oneLine(request.author.name) || 'hil';
    const email = oneLine(request.author.email) || 'hil@localhost';
    return this.#git.line(['commit-tree', tree, '-p', parent, '-F', '-'], {
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
    const call = this.#call();
    await this.#git.ok(['read-tree', checkSha(parent)], call);
    const input = indexInfo(states);
    await this.#git.ok(['update-index', '-z', '--index-info'], { ...call, input });
    return this.#commitIndex(parent, request);
  }

  /** Every path that differs between two commits, with how it is in the second; a rename is two of them. */
  async statesOfChange(from: string, to: string): Promise<Map<string, FileState>> {
    const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', checkSha(from), checkSha(to)];
    return parseStates(await this.#read(args));
  }

  /** Mode and object id of each file of a commit. */
  async statesAt(sha: string): Promise<Map<string, NonNullable<FileState>>> {
    return new Map(
      (await this.listFiles(sha)).map(({ path, mode, blob }) => [path, { mode, blob }]),
    );
  }

  /** Stores bytes as an object; the answer is its id. */
  async writeBlob(bytes: Buffer): Promise<string> {
    return this.#git.line(['hash-object', '-w', '--stdin'], { ...this.#call(), input: bytes });
  }

  /** The whole message of a commit. */
  async message(sha: string): Promise<string> {
    return this.#git.line(['log', '-1', '--format=%B', checkSha(sha)], this.#call());
  }

  /** Throws away every change, untracked files included, and stands on `sha`. */
  async resetHard(sha: string): Promise<void> {
    const call = this.#call();
    await this.#git.ok(['update-ref', '--no-deref', 'HEAD', checkSha(sha)], call);
    await this.#git.ok(['reset', '--hard', '--quiet', sha], call);
    await this.#git.ok(['clean', '-ffdxq'], call);
  }

  /** What changed between two commits, renames found, in path order. */
  async changedFiles(base: string, head: string): Promise<ChangedFile[]> {
    return changedFiles((args) => this.#read(args), checkSha(base), checkSha(head));
  }

  /**
   * The unified diff between two commits, of one path or of all.
   * @param options.maxBytes default 1 MiB
   */
  async diff(
    base: string,
    head: string,
    options: { path?: string; oldPath?: string; maxBytes?: number } = {},
  ): Promise<DiffText> {
    const paths = [options.oldPath, options.path].filter((path) => path !== undefined);
    const result = await this.#git.run(
      [...DIFF, '-M', checkSha(base), checkSha(head), '--', ...paths],
      { ...this.#call(), maxOutputBytes: options.maxBytes ?? 1024 * 1024, onLimit: 'truncate' },
    );
    const text = result.stdout.toString('utf8');
    if (!result.truncated) return { text, truncated: false };
    return { text: text.slice(0, text.lastIndexOf('\n') + 1), truncated: true };
  }

  /**
   * The files in which a line was added or removed that holds one of the words. Git itself looks through the
   * diffs, so that none is too large.
   */
  async filesWithChangedWords(
    base: string,
    head: string,
    words: readonly string[],
  ): Promise<string[]> {
    if (words.length === 0) return [];
    const any = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    const edge = '[^[:alnum:]_$]';
    const text = await this.#read([
      ...DIFF,
      '-M',
      '-z',
      '--text',
      '--name-only',
      `-G(^|${edge})(${any})(${edge}|$)`,
      checkSha(base),
      checkSha(head),
      '--',
    ]);
    return text.split('\0').filter((path) => path !== '');
  }

  /** A patch that `git apply` takes on `base` and that gives the tree of `head`, binary files included. */
  async patch(base: string, head: string): Promise<Buffer> {
    return this.#git.ok(
      [...DIFF, '--binary', '--full-index', '--no-renames', checkSha(base), checkSha(head)],
      this.#call(),
    );
  }

  /**
   * The commits after `base` up to `head` as a git bundle that holds `branch`.
   * @throws HilError validation_error when there are none
   */
  async bundle(base: string, head: string, branch: string): Promise<Buffer> {
    if (checkSha(base) === checkSha(head)) {
      throw new HilError('validation_error', 'There are no commits to bundle.');
    }
    const call = this.#call();
    const ref = `refs/heads/${branch}`;
    await this.#git.ok(['update-ref', '--no-deref', ref, head], call);
    return this.#git.ok(['bundle', 'create', '--quiet', '-', ref, `^${base}`], call);
  }

  /** Every file of a commit with its content's id, size and mode. */
  async listFiles(sha: string): Promise<TreeFile[]> {
    return parseTree(
      await this.#git.ok(['ls-tree', '-r', '-l', '-z', checkSha(sha)], this.#call()),
    );
  }

  /**
   * The bytes of a file as a commit has them.
   * @throws HilError validation_error when the commit has no such file
   */
  async readFile(sha: string, path: string): Promise<Buffer> {
    const call = this.#call();
    const record = await this.#git.ok(['ls-tree', '-l', '-z', checkSha(sha), '--', path], call);
    const file = parseTree(record).find((entry) => entry.path === path);
    if (file === undefined || file.mode === '160000') {
      throw new HilError('validation_error', `There is no file ${path} in ${sha.slice(0, 12)}.`);
    }
    return this.#git.ok(['cat-file', 'blob', file.blob], call);
  }

  /** Removes the files and the git dir; the mirror stays. */
  async dispose(): Promise<void> {
    for (const folder of [this.path, this.#gitDir]) {
      await rm(folder, { recursive: true, force: true, maxRetries: 2 });
      await rmdir(dirname(folder)).catch(() => undefined); // the run's folder, once it is empty
    }
  }

  #call() {
    return { gitDir: this.#gitDir, workTree: this.path, signal: this.#signal };
  }

  #read(args: readonly string[]): Promise<string> {
    return this.#git.read(args, this.#call());
  }

  /** Looks at what `add` staged before it becomes a commit. */
  async #checkStaged(parent: string): Promise<void> {
    const text = await this.#read([
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

const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv'] as const;

function refused(path: string, why: string): HilError {
  return new HilError('validation_error', `${path} ${why}, so it was not committed.`);
}

function oneLine(text: string): string {
  return text.replace(/[<>\u0000-\u001f]+/gu, ' ').trim();
}
