import { type StageJob } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import { type Forge, ForgeError, type RepositoryAddress } from '@hil/version-control';
import {
  type ChangeRequest,
  type RunContext,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
  isReviewed,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { required } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';
import { unheard } from '../shared/unheard.js';
import { continuePullRequest } from './continue-pull-request.js';
import { PullRequestDelivery } from './deliver-pull-request.js';
import { pushOnce } from './push.js';
import { checkBase } from './rebase-change.js';
import { requestKeyOf } from './request-key.js';

/** What somebody said is repeated up to here. */
const MAX_SHOWN = 200;

/** Delivers the change: a pull request where a forge is known, else a branch, and always a patch and a bundle. */
@Controller()
export class PrCreationHandler implements StageHandler {
  readonly stage = 'pr_creation';

  constructor(
    @Inject(STAGE_SERVICES) private readonly services: StageServices,
    @Inject(STAGE_EXECUTOR) private readonly executor: StageExecutor,
  ) {}

  @MessagePattern('pr_creation')
  handle(@Payload() job: StageJob, @Ctx() { signal }: StageJobContext): Promise<void> {
    return this.executor.execute(job, this, signal);
  }

  async run(context: StageContext): Promise<StageResult> {
    const result = await this.deliver(context);
    if (result.event.type === 'delivered')
      await this.answerTheLate(context, result.event.delivery.branch);
    return result;
  }

  private async deliver(context: StageContext): Promise<StageResult> {
    const { address } = this.services.repositories.of(context);
    if (address.kind === 'local') {
      if (await this.mustHear(context)) return { event: { type: 'said_before_delivery' } };
      return delivered({
        pushed: false,
        note: 'The change is ready as a patch and a bundle. The local repository was only read.',
      });
    }
    const { headSha } = required(context, 'edit');
    // Once its delivery has begun, a change is delivered as it is: its branch may exist already.
    if (context.run.context.delivering !== headSha) {
      const elsewhere = await checkBase(this.services, context);
      if (elsewhere !== null) return elsewhere;
      if (await this.mustHear(context)) return { event: { type: 'said_before_delivery' } };
      await context.checkpoint({ context: { delivering: headSha } });
    }
    const followed = await this.followed(context);
    if (followed !== null) {
      const upstream = await this.forgeOf(
        context,
        this.services.repositories.parse(followed.repository),
      );
      if (upstream !== null) {
        const at = { address, forge: upstream };
        return delivered(await continuePullRequest(this.services, context, followed, at));
      }
    }
    const forge = await this.forgeOf(context, address);
    let change: ChangeRequest;
    try {
      change = await this.changeRequest(context, forge);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ForgeError)) throw error;
      return delivered(notPushed(error.message));
    }
    if (forge === null) return delivered(await this.branchOnly(context, change, address));
    const delivery = new PullRequestDelivery(this.services, context, forge, { address });
    return delivered(await delivery.deliver(change));
  }

  /** Whether something was said that the model has to hear before anything is delivered. */
  private async mustHear(context: StageContext): Promise<boolean> {
    if (isReviewed(context.run.context)) return false;
    return (await unheard(this.services, context)).length > 0;
  }

  /** What was said while the change was on its way is not lost without a word. @param branch where it was pushed */
  private async answerTheLate(context: StageContext, branch: string | undefined): Promise<void> {
    const again = branch === undefined ? '' : `, with base_branch ${branch} to have it on the same branch`; // prettier-ignore
    for (const said of await unheard(this.services, context)) {
      const words = said.length > MAX_SHOWN ? `${said.slice(0, MAX_SHOWN)}…` : said;
      context.log(
        `this came too late for the change: "${words}". Send it again${again}`,
        'warning',
      );
    }
  }

  /** The open change request whose branch this run began on; the run becomes its newest. */
  private async followed(context: StageContext): Promise<ChangeRequest | null> {
    const { repository } = this.services.repositories.of(context);
    const { effects } = this.services;
    const change = await effects.ofBranch(repository.address, repository.baseBranch);
    if (change === null) return null;
    return effects.changeRequest({
      id: change.id,
      runId: context.run.id,
      sessionId: context.run.sessionId,
      requestKey: requestKeyOf(context.run, repository),
      repository: change.repository,
      baseBranch: change.baseBranch,
      branch: change.branch,
    });
  }

  /** Null where this server has no credentials, or the forge does not take them: then the branch is tried alone. */
  private async forgeOf(context: StageContext, address: RepositoryAddress): Promise<Forge | null> {
    try {
      return await this.services.forges.of(address, context.signal);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ForgeError)) throw error;
      context.log(`no pull request can be opened: ${error.message}`, 'warning');
      return null;
    }
  }

  /**
   * The change request of this run; one whose pull request a person has merged, closed or deleted is over.
   * @throws ForgeError when the forge does not say
   */
  private async changeRequest(context: StageContext, forge: Forge | null): Promise<ChangeRequest> {
    const { run } = context;
    const { repository } = this.services.repositories.of(context);
    const wanted = {
      runId: run.id,
      sessionId: run.sessionId,
      requestKey: requestKeyOf(run, repository),
      repository: repository.address,
      baseBranch: repository.baseBranch,
      branch: required(context, 'edit').branch,
    };
    const change = await this.services.effects.changeRequest(wanted);
    if (forge === null || change.prNumber === null || change.runId === run.id) return change;
    const state = await stateOf(forge, change.prNumber);
    if (state === 'open') {
      context.log(
        `this request has a ${forge.noun} already, which gets the new change: ${change.prUrl}`,
      );
      return change;
    }
    await this.services.effects.update(change.id, { state });
    return this.services.effects.changeRequest(wanted);
  }

  private async branchOnly(
    context: StageContext,
    change: ChangeRequest,
    address: RepositoryAddress,
  ): Promise<NonNullable<RunContext['delivery']>> {
    const result = await pushOnce(this.services, context, change, { address });
    if (result.status === 'refused') {
      return notPushed(result.message ?? result.reason ?? 'the remote refused it');
    }
    return {
      pushed: true,
      branch: change.branch,
      note: `The change is on branch ${change.branch}, and ready as a patch and a bundle.`,
    };
  }
}

async function stateOf(forge: Forge, number: number): Promise<ChangeRequest['state']> {
  try {
    return (await forge.get(number)).state;
  } catch (error) {
    if (error instanceof ForgeError && error.failure === 'not_found') return 'closed';
    throw error;
  }
}

function notPushed(why: string): NonNullable<RunContext['delivery']> {
  const note = `The change is ready as a patch and a bundle. The branch was not pushed: ${why}`;
  return { pushed: false, note };
}

function delivered(delivery: NonNullable<RunContext['delivery']>): StageResult {
  return { event: { type: 'delivered', delivery } };
}
