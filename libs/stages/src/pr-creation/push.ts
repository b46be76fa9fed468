import type { RepositoryAddress } from '@hil/version-control';
import type { PushResult } from '@hil/version-control';
import type { ChangeRequest, StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';

/** How long the look-up after an interrupted push may take, in ms. */
const LOOK_UP_MS = 1_500;

/** Where a change request's branch goes. */
export interface PushTarget {
  address: RepositoryAddress;
  fork?: RepositoryAddress | undefined;
}

/** Pushes once: the intent is recorded first, and an attempt after a crash finds the branch as it was left. */
export async function pushOnce(
  services: StageServices,
  context: StageContext,
  change: ChangeRequest,
  target: PushTarget,
): Promise<PushResult> {
  const { headSha } = required(context, 'edit');
  const { effects } = services;
  const effect = await effects.begin({ changeRequestId: change.id, kind: 'push', headSha });
  if (effect.status === 'done') return { status: 'already_there' };
  context.log(`pushing ${change.branch}`);
  let result: PushResult;
  try {
    result = await services.repositories.mirrors.pushBranch(target.address, {
      sha: headSha,
      branch: change.branch,
      bundle: await services.repositories.bundle(context),
      fork: target.fork,
      replaces: change.headSha ?? undefined,
      signal: context.signal,
    });
  } catch (error) {
    await tellWhetherPushed(services, context, change.branch, target);
    throw error;
  }
  if (result.status !== 'refused') await effects.update(change.id, { headSha });
  await effects.finish(effect.key, result.status === 'refused' ? 'refused' : 'done', { ...result });
  return result;
}

/** After a cancel in the middle of a push: the person must know whether the branch exists. */
async function tellWhetherPushed(
  { repositories }: StageServices,
  context: StageContext,
  branch: string,
  { address, fork }: PushTarget,
): Promise<void> {
  try {
    const sha = await repositories.mirrors.remoteBranchSha(fork ?? address, branch, {
      signal: AbortSignal.timeout(LOOK_UP_MS),
    });
    context.log(
      sha === undefined
        ? `branch ${branch} does not exist at the remote`
        : `branch ${branch} exists at the remote (${sha.slice(0, 12)})`,
      'warning',
    );
  } catch {
    context.log(
      `it is not known whether branch ${branch} exists at the remote; look there before you start again`,
      'warning',
    );
  }
}
