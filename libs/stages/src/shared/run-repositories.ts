import { HilError } from '@hil/contracts';
import {
  type MirrorStore,
  type RepositoryAddress,
  type RepositoryPolicy,
  type Worktree,
  parseRepositoryAddress,
} from '@hil/version-control';
import type { RunRepository, StageContext } from '@hil/workflow';

/** Gives stages the repository of their run: its address, and trees rebuilt from mirror and bundle. */
export class RunRepositories {
  constructor(
    readonly mirrors: MirrorStore,
    private readonly policy: RepositoryPolicy,
  ) {}

  /** @throws HilError validation_error, repository_not_allowed */
  parse(text: string): RepositoryAddress {
    return parseRepositoryAddress(text, this.policy);
  }

  /** The repository that `pkg_query` recorded, with its address checked against today's policy. */
  of(context: StageContext): { repository: RunRepository; address: RepositoryAddress } {
    const { repository } = context.run.context;
    if (repository === undefined) {
      throw new HilError(
        'internal_error',
        `run ${context.run.id} reached ${context.run.stage} without a repository`,
      );
    }
    return { repository, address: this.parse(repository.address) };
  }

  /** The run's commits so far, as the editor stored them. */
  async bundle(context: StageContext): Promise<Buffer | undefined> {
    if (context.run.context.edit === undefined || context.run.context.edit.commits.length === 0)
      return undefined;
    const artifact = await context.artifact('bundle');
    return artifact === null ? undefined : Buffer.from(artifact.content);
  }

  /** Opens a tree at `sha` (of the run's commits or its base) for the time of `work`. */
  async withWorktree<T>(
    context: StageContext,
    sha: string,
    work: (worktree: Worktree, address: RepositoryAddress) => Promise<T>,
  ): Promise<T> {
    const { address } = this.of(context);
    const bundle = await this.bundle(context);
    const worktree = await this.mirrors.openWorktree({
      address,
      runId: context.run.id,
      sha,
      bundle,
      signal: context.signal,
    });
    try {
      return await work(worktree, address);
    } finally {
      await worktree.dispose();
    }
  }

  /**
   * Where the base branch is by now: the same commit, another one that leaves the plan's files and symbols
   * alone, or one that changes them.
   */
  async baseNow(
    context: StageContext,
    { files, symbols }: { files: readonly string[]; symbols: readonly string[] },
  ): Promise<BaseNow> {
    const { repository, address } = this.of(context);
    const { baseBranch: branch, baseSha: from } = repository;
    const { baseSha: sha } = await this.mirrors.sync(address, { branch, signal: context.signal });
    if (sha === from) return { state: 'same' };
    const touched = await this.withWorktree(context, from, async (worktree) => {
      const planned = new Set(files);
      const paths = (await worktree.changedFiles(from, sha))
        .flatMap(({ path, oldPath }) => [path, oldPath ?? path])
        .filter((path) => planned.has(path));
      if (paths.length > 0) return [...new Set(paths)];
      return touchedSymbols(worktree, { from, sha }, symbols);
    });
    if (touched.length === 0) return { state: 'moved', sha };
    const reason = `${branch} moved from ${from.slice(0, 12)} to ${sha.slice(0, 12)} and changed ${touched.slice(0, MAX_NAMED).join(', ')}`;
    return { state: 'touched', reason };
  }

  /** Makes another commit of the base branch the run's base, and keeps it in the mirror. */
  async rebase(context: StageContext, baseSha: string): Promise<RunRepository> {
    const { repository, address } = this.of(context);
    await this.mirrors.pin(address, context.run.id, baseSha);
    return { ...repository, baseSha };
  }
}

/** Which of the symbols stand in lines that changed between two commits, and where. */
async function touchedSymbols(
  worktree: Worktree,
  { from, sha }: { from: string; sha: string },
  symbols: readonly string[],
): Promise<string[]> {
  const any = await worktree.filesWithChangedWords(from, sha, symbols);
  if (any.length === 0) return [];
  const named: string[] = [];
  for (const name of symbols) {
    const [file] = await worktree.filesWithChangedWords(from, sha, [name]);
    if (file !== undefined) named.push(`lines with ${name} (${file})`);
    if (named.length === MAX_NAMED) break;
  }
  return named.length > 0 ? named : any;
}

/** Symbols and files that a reason names. */
const MAX_NAMED = 5;

/** What became of the base branch since the plan was made. */
export type BaseNow =
  { state: 'same' } | { state: 'moved'; sha: string } | { state: 'touched'; reason: string };
