import { join } from 'node:path';
import { HilError } from '@hil/contracts';
import { checkBranchName } from './branch-name.js';
import { exportTree, type ExportReport } from './export-tree.js';
import { fetchIntoMirror } from './fetch-into-mirror.js';
import { GitProcess } from './git-process.js';
import { checkRunId, checkSha, Layout } from './layout.js';
import { countUncommitted } from './local-changes.js';
import { pushBranch, type PushRequest, type PushResult } from './push-branch.js';
import { reap, type ReapOptions, type ReapReport } from './reap.js';
import {
  accessRemote,
  type CredentialsFor,
  type RemoteAccess,
  type ResolveHost,
} from './remote-access.js';
import type { RepositoryAddress, RepositoryPolicy } from './repository-address.js';
import { withFileLock } from './file-lock.js';
import { addBundle, readBundleHeader } from './run-repository.js';
import { checkPackSize, checkTreeSize, type SizeLimits } from './size-limits.js';
import { baseOf, listRemote, type RemoteRefs } from './remote-refs.js';
import { isMirror, openMirror, originRef } from './mirror-folder.js';
import { openWorktree, type OpenWorktree, type Worktree } from './worktree.js';

/** What a {@link MirrorStore} is made of. */
export interface MirrorStoreOptions {
  /** DATA_DIR; mirrors, git dirs, worktrees and locks lie below it. */
  dataDir: string;
  policy: RepositoryPolicy;
  limits: SizeLimits;
  credentials?: CredentialsFor | undefined;
  /** How host names become addresses; default the system's resolver. */
  resolveHost?: ResolveHost | undefined;
  /** Milliseconds between SIGTERM and SIGKILL of an aborted git; default 300. */
  signalKillGraceMs?: number | undefined;
}

/** What a {@link MirrorStore.sync} found. */
export interface SyncResult {
  mirrorPath: string;
  /** The branch HEAD of the origin names; `HEAD` when it is detached. */
  defaultBranch: string;
  baseBranch: string;
  baseSha: string;
  /** Local paths only: changed and untracked files in the person's work tree, which are not part of the run. */
  uncommitted?: number;
}

/**
 * The bare mirrors of this worker, one a repository, and the way to everything made from them.
 * Mirrors are a cache: each can be deleted at any time and is fetched again.
 */
export class MirrorStore {
  readonly git: GitProcess;
  readonly layout: Layout;
  readonly #options: MirrorStoreOptions;

  constructor(options: MirrorStoreOptions) {
    this.#options = options;
    this.layout = new Layout(options.dataDir);
    this.git = new GitProcess({
      stateDir: this.layout.state,
      killGraceMs: options.signalKillGraceMs,
    });
  }

  /**
   * Brings the mirror's copy of one branch up to date and checks the size of its tree.
   * Costs one look-up when nothing changed.
   * @throws HilError repository_not_found, repository_not_allowed, repository_too_large, forge_unavailable
   */
  async sync(
    address: RepositoryAddress,
    options: { branch?: string | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<SyncResult> {
    const { signal } = options;
    const access = await this.access(address);
    const wanted = options.branch === undefined ? undefined : checkBranchName(options.branch);
    const refs = wanted === undefined ? ['HEAD'] : ['HEAD', `refs/heads/${wanted}`];
    const announced = await this.listRemote(access, refs, signal);
    const origin = baseOf(announced, access, wanted);
    const mirrorPath = await this.#locked(address, signal, async () => {
      const path = await openMirror(this.layout.mirror(address.key));
      const ref = originRef(origin.branch);
      // Also without a fetch: a mirror that is over the limit stays refused.
      await checkPackSize(path, this.#options.limits);
      if ((await this.#resolve(path, ref)) !== origin.sha) {
        const source = origin.branch === 'HEAD' ? 'HEAD' : `refs/heads/${origin.branch}`;
        await this.#fetch(path, access, `+${source}:${ref}`, signal);
      }
      return path;
    });
    // What was fetched, not what was announced: the branch may have moved between the two.
    const baseSha = (await this.#resolve(mirrorPath, originRef(origin.branch))) ?? origin.sha;
    await checkTreeSize(this.git, mirrorPath, baseSha, this.#options.limits, signal);
    const result: SyncResult = {
      mirrorPath,
      defaultBranch: origin.defaultBranch,
      baseBranch: origin.branch,
      baseSha,
    };
    if (address.kind === 'local') {
      result.uncommitted = await countUncommitted(this.git, this.layout, access, signal);
    }
    return result;
  }

  /** Keeps a commit in the mirror as long as the run lives (`refs/hil/<run>`). */
  async pin(address: RepositoryAddress, runId: string, sha: string): Promise<void> {
    const gitDir = this.layout.mirror(address.key);
    const ref = `refs/hil/${checkRunId(runId)}`;
    await this.#locked(address, undefined, () =>
      this.git.ok(['update-ref', '--no-deref', ref, checkSha(sha)], { gitDir }),
    );
  }

  /** Takes the pin back; nothing happens when there is none. */
  async unpin(address: RepositoryAddress, runId: string): Promise<void> {
    const gitDir = this.layout.mirror(address.key);
    if (!(await isMirror(gitDir))) return;
    await this.#locked(address, undefined, () =>
      this.git.ok(['update-ref', '--no-deref', '-d', `refs/hil/${checkRunId(runId)}`], { gitDir }),
    );
  }

  /** True when this worker's mirror has the commit. */
  async hasCommit(address: RepositoryAddress, sha: string): Promise<boolean> {
    const gitDir = this.layout.mirror(address.key);
    if (!(await isMirror(gitDir))) return false;
    const answer = await this.git.run(['cat-file', '-e', `${checkSha(sha)}^{commit}`], { gitDir });
    return answer.code === 0;
  }

  /**
   * Makes sure the mirror has a commit: from the mirror, else from the origin, else (its base from
   * there) from the bundle.
   * @throws HilError base_gone when nobody has it any more
   */
  async ensureCommit(
    address: RepositoryAddress,
    sha: string,
    options: { bundle?: Buffer | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const { bundle, signal } = options;
    if (await this.hasCommit(address, sha)) return;
    if (bundle !== undefined && bundle.length > 0) {
      const header = readBundleHeader(bundle);
      if (header.heads.includes(sha)) {
        for (const base of header.prerequisites) await this.ensureCommit(address, base, { signal });
        await this.#locked(address, signal, async () =>
          addBundle(this.git, await openMirror(this.layout.mirror(address.key)), bundle, signal),
        );
        return;
      }
    }
    await this.#fetchCommit(address, checkSha(sha), signal);
  }

  /**
   * Where a branch of the origin stands now; undefined when it does not exist.
   * @throws HilError repository_not_found, forge_unavailable
   */
  async remoteBranchSha(
    address: RepositoryAddress,
    branch: string,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<string | undefined> {
    const access = await this.access(address);
    const refs = await this.listRemote(
      access,
      [`refs/heads/${checkBranchName(branch)}`],
      options.signal,
    );
    return refs.shas.get(`refs/heads/${branch}`);
  }

  /** See {@link openWorktree}. */
  async openWorktree(request: OpenWorktree): Promise<Worktree> {
    return openWorktree(this, request);
  }

  /** See {@link exportTree}. */
  async exportTree(
    address: RepositoryAddress,
    sha: string,
    destDir: string,
    options: { bundle?: Buffer | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<ExportReport> {
    return exportTree(this, address, sha, destDir, options);
  }

  /** See {@link pushBranch}. */
  async pushBranch(address: RepositoryAddress, request: PushRequest): Promise<PushResult> {
    return pushBranch(this, address, request);
  }

  /** See {@link reap}. */
  async reap(options: ReapOptions): Promise<ReapReport> {
    return reap(this, options);
  }

  /** Opens the way to the origin for the next few calls; policy is checked each time. */
  access(address: RepositoryAddress): Promise<RemoteAccess> {
    return accessRemote(address, {
      policy: this.#options.policy,
      credentials: this.#options.credentials,
      resolveHost: this.#options.resolveHost,
      stateDir: this.layout.state,
    });
  }

  /** See {@link listRemote}. */
  listRemote(
    access: RemoteAccess,
    refs: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<RemoteRefs> {
    return listRemote(this.git, access, refs, signal);
  }

  /** First the commit alone, which most servers give away; then every branch, for those that do not. */
  async #fetchCommit(address: RepositoryAddress, sha: string, signal: AbortSignal | undefined) {
    const access = await this.access(address);
    let cause: unknown;
    for (const refspec of [`${sha}:refs/kept/${sha}`, '+refs/heads/*:refs/all/*']) {
      try {
        await this.#locked(address, signal, async () =>
          this.#fetch(await openMirror(this.layout.mirror(address.key)), access, refspec, signal),
        );
        if (await this.hasCommit(address, sha)) return;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof HilError && error.code !== 'repository_not_found') throw error;
        cause = error;
      }
    }
    throw new HilError(
      'base_gone',
      `Commit ${sha.slice(0, 12)} is no longer at ${access.shown}, so this run can not go on. Start a new run on the present state.`,
      { cause },
    );
  }

  #fetch(gitDir: string, access: RemoteAccess, refspec: string, signal: AbortSignal | undefined) {
    const { limits } = this.#options;
    return fetchIntoMirror(this.git, gitDir, { access, refspec, limits, signal });
  }

  async #resolve(gitDir: string, ref: string): Promise<string | undefined> {
    const answer = await this.git.run(['rev-parse', '--verify', '--quiet', ref], { gitDir });
    return answer.code === 0 ? answer.stdout.toString('utf8').trim() : undefined;
  }

  #locked<T>(
    address: RepositoryAddress,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    return withFileLock(join(this.layout.locks, `${address.key}.lock`), signal, work);
  }
}
