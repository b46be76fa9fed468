import { HilError } from '@hil/contracts';
import { changedFiles, type ChangedFile } from './changed-files.js';
import type { GitProcess } from './git-process.js';
import { checkSha } from './layout.js';
import { parseTree, type TreeFile } from './tree-paths.js';
import { parseStates, type FileState } from './tree-states.js';

/** A unified diff, cut at a line end when it was longer than asked for. */
export interface DiffText {
  text: string;
  truncated: boolean;
}

const DIFF = ['diff', '--no-color', '--no-ext-diff', '--no-textconv'] as const;

/** Reads commits of a run: their files, messages and differences. Nothing on disk matters to it. */
export class CommitReader {
  constructor(
    protected readonly git: GitProcess,
    /** Absolute path of the files. */
    readonly path: string,
    protected readonly gitDir: string,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Ids, subjects and whole messages of the commits after `base` up to `head`, oldest first. */
  async log(
    base: string,
    head: string,
  ): Promise<{ sha: string; subject: string; message: string }[]> {
    const text = await this.read([
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

  /** Every path that differs between two commits, with how it is in the second; a rename is two of them. */
  async statesOfChange(from: string, to: string): Promise<Map<string, FileState>> {
    const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', checkSha(from), checkSha(to)];
    return parseStates(await this.read(args));
  }

  /** Mode and object id of each file of a commit. */
  async statesAt(sha: string): Promise<Map<string, NonNullable<FileState>>> {
    return new Map(
      (await this.listFiles(sha)).map(({ path, mode, blob }) => [path, { mode, blob }]),
    );
  }

  /** The whole message of a commit. */
  async message(sha: string): Promise<string> {
    return this.git.line(['log', '-1', '--format=%B', checkSha(sha)], this.call());
  }

  /** What changed between two commits, renames found, in path order. */
  async changedFiles(base: string, head: string): Promise<ChangedFile[]> {
    return changedFiles((args) => this.read(args), checkSha(base), checkSha(head));
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
    const result = await this.git.run(
      [...DIFF, '-M', checkSha(base), checkSha(head), '--', ...paths],
      { ...this.call(), maxOutputBytes: options.maxBytes ?? 1024 * 1024, onLimit: 'truncate' },
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
    const text = await this.read([
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
    return this.git.ok(
      [...DIFF, '--binary', '--full-index', '--no-renames', checkSha(base), checkSha(head)],
      this.call(),
    );
  }

  /** Every file of a commit with its content's id, size and mode. */
  async listFiles(sha: string): Promise<TreeFile[]> {
    return parseTree(await this.git.ok(['ls-tree', '-r', '-l', '-z', checkSha(sha)], this.call()));
  }

  /**
   * The bytes of a file as a commit has them.
   * @throws HilError validation_error when the commit has no such file
   */
  async readFile(sha: string, path: string): Promise<Buffer> {
    const call = this.call();
    const record = await this.git.ok(['ls-tree', '-l', '-z', checkSha(sha), '--', path], call);
    const file = parseTree(record).find((entry) => entry.path === path);
    if (file === undefined || file.mode === '160000') {
      throw new HilError('validation_error', `There is no file ${path} in ${sha.slice(0, 12)}.`);
    }
    return this.git.ok(['cat-file', 'blob', file.blob], call);
  }

  protected call() {
    return { gitDir: this.gitDir, workTree: this.path, signal: this.signal };
  }

  protected read(args: readonly string[]): Promise<string> {
    return this.git.read(args, this.call());
  }
}
