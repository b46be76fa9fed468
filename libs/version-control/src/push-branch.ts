import { rm } from 'node:fs/promises';
import { HilError } from '@hil/contracts';
import { checkBranchName } from './branch-name.js';
import { lastLine } from './git-failure.js';
import { GitCommandError } from './git-process.js';
import { checkSha } from './layout.js';
import type { MirrorStore } from './mirror-store.js';
import type { RemoteAccess } from './remote-access.js';
import type { RepositoryAddress } from './repository-address.js';
import { addBundle, createRunRepository, readBundleHeader } from './run-repository.js';

/** What to push where. */
export interface PushRequest {
  sha: string;
  branch: string;
  /** Holds `sha` when the mirror does not. */
  bundle?: Buffer | undefined;
  /** Push there instead of to the origin: a fork of it. */
  fork?: RepositoryAddress | undefined;
  /** The commit of ours that the branch may hold already, and that this push takes the place of. */
  replaces?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** How a push ended. `unconfirmed`: nobody could tell whether it arrived; ask again before doing more. */
export interface PushResult {
  status: 'pushed' | 'already_there' | 'refused';
  reason?:
    'local_path' | 'branch_exists' | 'not_permitted' | 'rejected' | 'unavailable' | 'unconfirmed';
  /** For people, with what the server said. */
  message?: string;
}

/**
 * Creates a branch at the origin or a fork, at most once: looks before and after, and never moves a branch
 * that exists, unless it still holds the very commit this one replaces. A refusal is a result; only an
 * abort, or a commit that is gone, throws.
 */
export async function pushBranch(
  store: MirrorStore,
  address: RepositoryAddress,
  request: PushRequest,
): Promise<PushResult> {
  const sha = checkSha(request.sha);
  const ref = `refs/heads/${checkBranchName(request.branch)}`;
  const { signal } = request;
  const target = request.fork ?? address;
  if (target.kind === 'local') {
    return refusal('local_path', 'A local repository is read and never pushed to.');
  }
  let access: RemoteAccess;
  let before: string | undefined;
  try {
    access = await store.access(target);
    before = (await store.listRemote(access, [ref], signal)).shas.get(ref);
  } catch (error) {
    signal?.throwIfAborted();
    return refusal('unavailable', HilError.from(error).message);
  }
  const replaces = before === request.replaces ? before : undefined;
  if (before !== undefined && before !== replaces) return existing(before, sha, request.branch);
  if (before === sha) return { status: 'already_there' };

  const failure = await tryPush(store, address, access, { ...request, sha, ref, replaces });
  if (failure === undefined) return { status: 'pushed' };
  signal?.throwIfAborted();
  // The answer may be lost although the branch was made, so look again before believing it.
  let after: string | undefined;
  try {
    after = (await store.listRemote(await store.access(target), [ref], signal)).shas.get(ref);
  } catch {
    signal?.throwIfAborted();
    return refusal('unconfirmed', `The push of ${request.branch} got no answer.`);
  }
  if (after === sha) return { status: 'pushed' };
  if (after !== undefined && after !== replaces) return existing(after, sha, request.branch);
  if (failure instanceof GitCommandError) return explain(failure, access.shown);
  return refusal('unconfirmed', `${failure.message} ${request.branch} is not there yet.`);
}

/** Runs the push from a git dir of its own; returns what git said when it failed, or that it took too long. */
async function tryPush(
  store: MirrorStore,
  address: RepositoryAddress,
  access: RemoteAccess,
  request: PushRequest & { ref: string },
): Promise<GitCommandError | HilError | undefined> {
  const { sha, ref, bundle, signal } = request;
  const incoming = bundle !== undefined && bundle.length > 0 ? readBundleHeader(bundle) : undefined;
  const fromBundle = incoming?.heads.includes(sha) === true;
  for (const base of fromBundle ? incoming.prerequisites : [sha]) {
    await store.ensureCommit(address, base, { signal });
  }
  const { gitDir } = store.layout.forRun('push');
  const args = [
    'push',
    '--porcelain',
    '--no-verify',
    '--no-follow-tags',
    // An empty lease means "only if it does not exist": even a fast-forward of another's branch is refused.
    `--force-with-lease=${ref}:${request.replaces ?? ''}`,
    '--',
    access.source,
    `${sha}:${ref}`,
  ];
  let begun = false;
  try {
    await createRunRepository(gitDir, store.layout.mirror(address.key));
    if (fromBundle && bundle !== undefined) await addBundle(store.git, gitDir, bundle, signal);
    begun = true;
    await store.git.ok(args, { ...access.call, gitDir, signal });
    return undefined;
  } catch (error) {
    if (error instanceof GitCommandError) return error;
    // Stopped because it took too long: it may have arrived.
    if (begun && error instanceof HilError && error.code === 'forge_unavailable') return error;
    throw error;
  } finally {
    await rm(gitDir, { recursive: true, force: true });
  }
}

function existing(found: string, wanted: string, branch: string): PushResult {
  if (found === wanted) return { status: 'already_there' };
  return refusal('branch_exists', `The branch ${branch} exists already and holds other work.`);
}

function explain(failure: GitCommandError, shown: string): PushResult {
  const text = failure.stderr;
  if (
    /authentication failed|could not read username|terminal prompts disabled|error: 40[13]|access denied|permission/i.test(
      text,
    )
  ) {
    return refusal(
      'not_permitted',
      `${shown} does not accept a push with the credentials at hand.`,
    );
  }
  if (/remote rejected|\[rejected\]|pre-receive|protected|service not enabled/i.test(text)) {
    return refusal('rejected', `${shown} refused the branch: ${lastLine(text)}`);
  }
  return refusal('unavailable', `${shown} did not take the push: ${lastLine(text)}`);
}

function refusal(reason: NonNullable<PushResult['reason']>, message: string): PushResult {
  return { status: 'refused', reason, message };
}
