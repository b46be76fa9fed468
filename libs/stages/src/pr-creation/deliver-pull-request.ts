import {
  ForgeError,
  type Forge,
  type ForgeProject,
  type OpenedPullRequest,
  openPullRequest,
} from '@hil/version-control';
import type { ChangeRequest, RunContext, StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { conventionsOf, decorate } from './conventions.js';
import { pullRequestText } from './pull-request-text.js';
import { type PushTarget, pushOnce } from './push.js';

type Delivery = NonNullable<RunContext['delivery']>;

/** How long the look-up after an interrupted create may take, in ms. */
const LOOK_UP_MS = 1_500;
const ALSO = 'The change is also ready as a patch and a bundle.';

/** Branch and pull request of one run, each made at most once. */
export class PullRequestDelivery {
  constructor(
    private readonly services: StageServices,
    private readonly context: StageContext,
    private readonly forge: Forge,
    private readonly target: PushTarget,
  ) {}

  /** Delivers as far as the forge lets us; what it refuses is said in the note, with what to do. */
  async deliver(change: ChangeRequest): Promise<Delivery> {
    const { forge } = this;
    let project: ForgeProject;
    let isProtected: boolean;
    try {
      project = await forge.project();
      isProtected = project.canPush && (await forge.isProtected(change.branch));
    } catch (error) {
      return this.notOpened(error, 'The branch was not pushed');
    }
    if (project.archived) return nothing(`${project.fullName} is archived and takes no changes.`);
    if (change.branch === project.defaultBranch || change.branch === change.baseBranch) {
      return nothing(`${change.branch} is a branch others build on, and is never pushed to.`);
    }
    if (isProtected) {
      return nothing(
        `${change.branch} is a protected branch of ${project.fullName}; it was left alone.`,
      );
    }
    let forkName: string | undefined;
    if (!project.canPush) {
      if (!project.canFork) {
        return nothing(
          `The credentials at hand may neither push to ${project.fullName} nor fork it.`,
        );
      }
      try {
        const fork = await forge.fork();
        this.context.log(`no push rights at ${project.fullName}; using the fork ${fork.fullName}`);
        forkName = fork.fullName;
        this.target.fork = this.services.repositories.parse(fork.url);
        await this.services.effects.update(change.id, { forkUrl: fork.url });
      } catch (error) {
        return this.notOpened(error, 'The branch was not pushed: no fork could be made');
      }
    }
    const pushed = await pushOnce(this.services, this.context, change, this.target);
    if (pushed.status === 'refused') {
      return nothing(
        `The branch was not pushed: ${pushed.message ?? pushed.reason ?? 'the remote refused it'}`,
      );
    }
    return this.open(change, project, forkName);
  }

  private async open(
    change: ChangeRequest,
    project: ForgeProject,
    fork: string | undefined,
  ): Promise<Delivery> {
    const { forge, context } = this;
    const { effects } = this.services;
    const { headSha } = required(context, 'edit');
    const effect = await effects.begin({
      changeRequestId: change.id,
      kind: 'pull_request',
      headSha,
    });
    const known = effect.result as { number?: number; url?: string; draft?: boolean } | null;
    if (effect.status === 'done' && known?.number !== undefined && known.url !== undefined) {
      return opened(
        forge,
        change,
        { number: known.number, url: known.url, draft: known.draft === true },
        'is open',
      );
    }
    const { pullRequests } = this.services.config;
    const { template, owners } = await conventionsOf(this.services, context, forge);
    const revision = await effects.revision(change.id, headSha);
    const text = pullRequestText({
      run: context.run,
      changeRequestId: change.id,
      revision,
      approvals: await this.services.history.approvals(context.run.id),
      template,
      publicUrl: pullRequests.publicUrl,
      limits: forge.limits,
    });
    context.log(`opening a ${forge.noun} into ${change.baseBranch} of ${project.fullName}`);
    let result: OpenedPullRequest;
    try {
      result = await openPullRequest(forge, {
        head: { branch: change.branch, ...(fork === undefined ? {} : { fork }) },
        base: change.baseBranch,
        title: this.services.redact(text.title),
        body: this.services.redact(text.body),
        draft: pullRequests.draft,
        changeRequestId: change.id,
        known: change.prNumber ?? undefined,
        signal: context.signal,
        log: (message) => context.log(message, 'warning'),
      });
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof ForgeError)) throw error;
      if (error.failure !== 'uncertain')
        await effects.finish(effect.key, 'refused', { reason: error.message });
      return this.notOpened(
        error,
        `The branch ${change.branch} was pushed, but no ${forge.noun} could be opened`,
        change.branch,
      );
    } finally {
      if (context.signal.aborted) await this.tellWhetherOpened(change, fork);
    }
    const { pull, how } = result;
    await effects.update(change.id, { prNumber: pull.number, prUrl: pull.url, state: pull.state });
    if (how !== 'updated') await decorate(this.services, context, forge, { ...pull, owners });
    await effects.finish(effect.key, 'done', {
      number: pull.number,
      url: pull.url,
      draft: pull.draft,
      how,
    });
    const word = {
      created: 'is open',
      found: `is ${pull.state}`,
      updated: `was updated to revision ${revision}`,
    }[how];
    return opened(forge, change, pull, word);
  }

  private notOpened(error: unknown, what: string, branch?: string): Delivery {
    this.context.signal.throwIfAborted();
    if (!(error instanceof ForgeError)) throw error;
    const unknown =
      error.failure === 'uncertain' && branch !== undefined
        ? ` It is not known whether one exists; look there, or send the request again: it finds and updates what is there.`
        : '';
    return {
      pushed: branch !== undefined,
      ...(branch === undefined ? {} : { branch }),
      note: `${what}: ${error.message}.${unknown} ${ALSO}`,
    };
  }

  /** After a cancel in the middle of a create. */
  private async tellWhetherOpened(change: ChangeRequest, fork: string | undefined): Promise<void> {
    const head = { branch: change.branch, ...(fork === undefined ? {} : { fork }) };
    try {
      const forge = await this.services.forges.of(
        this.target.address,
        AbortSignal.timeout(LOOK_UP_MS),
      );
      const [found] = (await forge?.find(head, change.baseBranch)) ?? [];
      this.context.log(
        found === undefined
          ? `no ${this.forge.noun} was opened`
          : `${this.forge.noun} ${found.url} exists`,
        'warning',
      );
    } catch {
      this.context.log(
        `it is not known whether a ${this.forge.noun} was opened; look there`,
        'warning',
      );
    }
  }
}

function nothing(why: string): Delivery {
  return { pushed: false, note: `The change is ready as a patch and a bundle. ${why}` };
}

function opened(
  forge: Forge,
  change: ChangeRequest,
  pull: { number: number; url: string; draft: boolean },
  word: string,
): Delivery {
  const noun = `${pull.draft ? 'draft ' : ''}${forge.noun}`;
  return {
    pushed: true,
    branch: change.branch,
    pullRequest: { number: pull.number, url: pull.url, draft: pull.draft },
    note: `The ${noun} ${pull.url} ${word}. ${ALSO}`,
  };
}
