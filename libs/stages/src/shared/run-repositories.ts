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
   * Says whether the base branch moved under any of the files since the run began.
   * @returns the reason when it did, else null
   */
  async movedUnder(context: StageContext, files: readonly string[]): Promise<string | null> {
    const { repository, address } = this.of(context);
    const tip = await this.mirrors.sync(address, {
      branch: repository.baseBranch,
      signal: context.signal,
    });
    if (tip.baseSha === repository.baseSha) return null;
    const changed = await this.withWorktree(context, repository.baseSha, (worktree) =>
      worktree.changedFiles(repository.baseSha, tip.baseSha),
    );
    const planned = new Set(files);
    const touched = changed.filter(
      ({ path, oldPath }) => planned.has(path) || (oldPath !== undefined && planned.has(oldPath)),
    );
    if (touched.length === 0) {
      context.log(
        `${repository.baseBranch} moved to ${tip.baseSha.slice(0, 12)} without touching files of the plan; going on from ${repository.baseSha.slice(0, 12)}`,
        'warning',
      );
      return null;
    }
    const names = touched
      .map(({ path }) => path)
      .slice(0, 5)
      .join(', ');
    return `${repository.baseBranch} moved from ${repository.baseSha.slice(0, 12)} to ${tip.baseSha.slice(0, 12)} and changed ${names}`;
  }
}
