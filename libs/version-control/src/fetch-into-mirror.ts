import { translateRemoteFailure } from './git-failure.js';
import type { GitProcess } from './git-process.js';
import { removeLeftovers } from './mirror-folder.js';
import type { RemoteAccess } from './remote-access.js';
import { checkPackSize, type SizeLimits } from './size-limits.js';

/** What to fetch from where, and how much it may be. */
export interface FetchIntoMirror {
  access: RemoteAccess;
  refspec: string;
  limits: SizeLimits;
  signal: AbortSignal | undefined;
}

/**
 * One fetch into a mirror, watched while it runs: nothing is left of one that grows over the limit. Call under
 * the repository's lock.
 * @throws HilError repository_too_large, repository_not_found, repository_not_allowed, forge_unavailable
 */
export async function fetchIntoMirror(
  git: GitProcess,
  gitDir: string,
  { access, refspec, limits, signal }: FetchIntoMirror,
): Promise<void> {
  try {
    await git.ok(
      [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-recurse-submodules',
        '--no-auto-maintenance',
        '--',
        access.source,
        refspec,
      ],
      {
        ...access.call,
        gitDir,
        signal,
        timeoutMs: 3_600_000,
        watch: { everyMs: 100, check: () => checkPackSize(gitDir, limits) },
      },
    );
    await checkPackSize(gitDir, limits);
  } catch (error) {
    await removeLeftovers(gitDir);
    throw translateRemoteFailure(error, access.shown);
  }
}
