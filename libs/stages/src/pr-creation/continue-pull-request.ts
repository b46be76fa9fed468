import { type Forge, ForgeError, type RepositoryAddress } from '@hil/version-control';
import type { ChangeRequest, RunContext, StageContext } from '@hil/workflow';
import { editBase } from '../shared/edit-base.js';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { revisionComment } from './pull-request-text.js';
import { pushOnce } from './push.js';

type Delivery = NonNullable<RunContext['delivery']>;
const ALSO = 'The change is also ready as a patch and a bundle.';

/**
 * A run whose base is the branch of an open pull request of ours goes on with that pull request: its commits
 * follow on the branch, and a comment says who approved what. Its text stays as it is.
 */
export async function continuePullRequest(
  services: StageServices,
  context: StageContext,
  change: ChangeRequest,
  { address, forge }: { address: RepositoryAddress; forge: Forge },
): Promise<Delivery> {
  const { effects } = services;
  const { headSha } = required(context, 'edit');
  const number = change.prNumber ?? 0;
  try {
    const pull = await forge.get(number);
    if (pull.state !== 'open') {
      await effects.update(change.id, { state: pull.state });
      return {
        pushed: false,
        note: `The change is ready as a patch and a bundle. The ${forge.noun} ${pull.url} was ${pull.state} meanwhile.`,
      };
    }
    const base = editBase(context);
    const pushed = await pushOnce(services, context, { ...change, headSha: base }, { address });
    if (pushed.status === 'refused') {
      const why = pushed.message ?? pushed.reason ?? 'the remote refused it';
      return {
        pushed: false,
        note: `The change is ready as a patch and a bundle. The branch was not pushed: ${why}`,
      };
    }
    const revision = await effects.revision(change.id, headSha);
    await commentOnce(services, context, change, { forge, revision });
    return {
      pushed: true,
      branch: change.branch,
      pullRequest: { number, url: pull.url, draft: pull.draft },
      note: `The ${forge.noun} ${pull.url} has revision ${revision} of the change, up to commit ${headSha.slice(0, 12)}. ${ALSO}`,
    };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof ForgeError)) throw error;
    return {
      pushed: false,
      note: `The ${forge.noun} could not be reached: ${error.message}. ${ALSO}`,
    };
  }
}

/** Commenting twice is harmless but ugly: an attempt after a crash looks first. A refusal is only told. */
async function commentOnce(
  services: StageServices,
  context: StageContext,
  change: ChangeRequest,
  { forge, revision }: { forge: Forge; revision: number },
): Promise<void> {
  const { effects, history, config, redact } = services;
  const { headSha } = required(context, 'edit');
  const number = change.prNumber ?? 0;
  const { text, marker } = revisionComment({
    run: context.run,
    changeRequestId: change.id,
    revision,
    approvals: await history.approvals(context.run.id),
    publicUrl: config.pullRequests.publicUrl,
    limits: forge.limits,
  });
  const effect = await effects.begin({ changeRequestId: change.id, kind: 'comment', headSha });
  if (effect.status === 'done') return;
  try {
    const { comments } = await forge.activity(number);
    if (!comments.some(({ body }) => body.includes(marker)))
      await forge.comment(number, redact(text));
    await effects.finish(effect.key, 'done', {});
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof ForgeError)) throw error;
    context.log(`the ${forge.noun} got no comment: ${error.message}`, 'warning');
  }
}
