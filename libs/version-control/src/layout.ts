import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { HilError } from '@hil/contracts';

/** Where everything of this library lies below DATA_DIR. Git dirs and work trees never share a folder. */
export class Layout {
  readonly mirrors: string;
  readonly gitDirs: string;
  readonly worktrees: string;
  readonly locks: string;
  readonly state: string;

  constructor(dataDir: string) {
    // Git reads these paths from other working directories.
    const root = resolve(dataDir);
    this.mirrors = join(root, 'mirrors');
    this.gitDirs = join(root, 'git-dirs');
    this.worktrees = join(root, 'worktrees');
    this.locks = join(root, 'locks');
    this.state = join(root, 'git-state');
  }

  /** The bare mirror of a repository. */
  mirror(key: string): string {
    return join(this.mirrors, `${key}.git`);
  }

  /** A fresh pair of folders for one opening of a run's tree; two workers never get the same. */
  forRun(runId: string): { gitDir: string; worktree: string } {
    const nonce = randomBytes(6).toString('hex');
    const run = checkRunId(runId);
    return { gitDir: join(this.gitDirs, run, nonce), worktree: join(this.worktrees, run, nonce) };
  }
}

/** @throws HilError internal_error when the id could leave its folder or name another ref */
export function checkRunId(runId: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(runId)) {
    throw new HilError('internal_error', `"${runId.slice(0, 80)}" is not a run id.`);
  }
  return runId;
}

/** @throws HilError validation_error when it is not a full commit id */
export function checkSha(sha: string): string {
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    throw new HilError('validation_error', `"${sha.slice(0, 80)}" is not a full commit id.`);
  }
  return sha;
}
