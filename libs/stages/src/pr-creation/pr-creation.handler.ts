import { type StageJob } from '@hil/contracts';
import { type StageJobContext } from '@hil/messaging';
import { type PushResult, type RepositoryAddress } from '@hil/version-control';
import {
  type RunContext,
  type StageContext,
  type StageExecutor,
  type StageHandler,
  type StageResult,
} from '@hil/workflow';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { required } from '../shared/requirements.js';
import { STAGE_EXECUTOR, STAGE_SERVICES, type StageServices } from '../shared/stage-services.js';

/** How long the look-up after an interrupted push may take, in ms. */
const LOOK_UP_MS = 1_500;

/** Delivers the change: a branch where the remote takes it, and always a patch and a bundle. */
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
    const edit = required(context, 'edit');
    const { address } = this.services.repositories.of(context);
    if (address.kind === 'local') {
      return delivered({
        pushed: false,
        note: 'The change is ready as a patch and a bundle. The local repository was only read.',
      });
    }
    const moved = await this.services.repositories.movedUnder(
      context,
      edit.files.map(({ path }) => path),
    );
    if (moved !== null) return { event: { type: 'base_moved', reason: moved } };
    const result = await this.push(context, address);
    if (result.status === 'refused') {
      return delivered({
        pushed: false,
        note: `The change is ready as a patch and a bundle. The branch was not pushed: ${result.message ?? result.reason ?? 'the remote refused it'}`,
      });
    }
    return delivered({
      pushed: true,
      branch: edit.branch,
      note: `The change is on branch ${edit.branch}, and ready as a patch and a bundle.`,
    });
  }

  /** Pushes once: the intent is recorded first, and an attempt after a crash finds the branch as it was left. */
  private async push(context: StageContext, address: RepositoryAddress): Promise<PushResult> {
    const { repository } = this.services.repositories.of(context);
    const edit = required(context, 'edit');
    const { effects } = this.services;
    const effect = await effects.begin({
      runId: context.run.id,
      repository: repository.address,
      baseBranch: repository.baseBranch,
      branch: edit.branch,
      kind: 'push',
      headSha: edit.headSha,
    });
    if (effect.status === 'done') return { status: 'already_there' };
    context.log(`pushing ${edit.branch}`);
    let result: PushResult;
    try {
      result = await this.services.repositories.mirrors.pushBranch(address, {
        sha: edit.headSha,
        branch: edit.branch,
        bundle: await this.services.repositories.bundle(context),
        signal: context.signal,
      });
    } catch (error) {
      await this.tellWhatExists(context, address);
      throw error;
    }
    await effects.finish(effect.key, result.status === 'refused' ? 'refused' : 'done', {
      ...result,
    });
    return result;
  }

  /** After a cancel in the middle of a push: the person must know whether the branch exists. */
  private async tellWhatExists(context: StageContext, address: RepositoryAddress): Promise<void> {
    const { branch } = required(context, 'edit');
    try {
      const sha = await this.services.repositories.mirrors.remoteBranchSha(address, branch, {
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
}

function delivered(delivery: NonNullable<RunContext['delivery']>): StageResult {
  return { event: { type: 'delivered', delivery } };
}
