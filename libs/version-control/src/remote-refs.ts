import { HilError } from '@hil/contracts';
import { translateRemoteFailure } from './git-failure.js';
import type { GitProcess } from './git-process.js';
import type { RemoteAccess } from './remote-access.js';

/** What an origin announces. */
export interface RemoteRefs {
  /** The branch HEAD names; undefined when it is detached. */
  head: string | undefined;
  /** Full ref name (or HEAD) -> commit id. */
  shas: Map<string, string>;
}

/**
 * `ls-remote` for HEAD or full ref names.
 * @throws HilError repository_not_found, forge_unavailable, validation_error for SHA-256 repositories
 */
export async function listRemote(
  git: GitProcess,
  access: RemoteAccess,
  refs: readonly string[],
  signal: AbortSignal | undefined,
): Promise<RemoteRefs> {
  let text: string;
  try {
    const out = await git.ok(['ls-remote', '--symref', '--', access.source, ...refs], {
      ...access.call,
      signal,
      timeoutMs: 120_000,
    });
    text = out.toString('utf8');
  } catch (error) {
    throw translateRemoteFailure(error, access.shown);
  }
  let head: string | undefined;
  const shas = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [left, name] = line.split('\t');
    if (left === undefined || name === undefined) continue;
    if (left.startsWith('ref: refs/heads/') && name === 'HEAD') {
      head = left.slice('ref: refs/heads/'.length);
    } else if (/^[0-9a-f]{40}$/.test(left)) shas.set(name, left);
    else if (/^[0-9a-f]{64}$/.test(left)) {
      throw new HilError(
        'validation_error',
        `${access.shown} is in SHA-256 format, which is not supported. Give a repository in git's default format.`,
      );
    }
  }
  return { head, shas };
}

/**
 * The branch to start from: the wanted one, or that of HEAD.
 * @throws HilError repository_not_found when the origin does not have it
 */
export function baseOf(
  { head, shas }: RemoteRefs,
  { shown }: RemoteAccess,
  wanted: string | undefined,
): { branch: string; sha: string; defaultBranch: string } {
  const branch = wanted ?? head ?? 'HEAD';
  const sha = shas.get(wanted === undefined ? 'HEAD' : `refs/heads/${wanted}`);
  if (sha === undefined) {
    throw new HilError(
      'repository_not_found',
      wanted === undefined
        ? `${shown} has no commits yet, so there is nothing to work on.`
        : `${shown} has no branch "${wanted}". Name an existing branch.`,
    );
  }
  return { branch, sha, defaultBranch: head ?? 'HEAD' };
}
