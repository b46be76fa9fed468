import type { NewUpdate } from '@hil/contracts';
import type { Forge, PullActivity, PullCheck, PullComment } from '@hil/version-control';
import type { ChangeRequest, Run, RunCommands, RunSignals, RunStorage } from '@hil/workflow';
import type { StageServices } from '../shared/stage-services.js';

/** How a comment asks for a change: the rest of it is the request. */
const REQUEST = /^\s*\/hil\s+([\s\S]*\S)\s*$/;
/** Words of strangers in the log are cut here. */
const MAX_SHOWN = 2_000;
/** No commit: asks for the number that comes next. */
const NEXT = '';

/** What following a pull request needs besides what stages have. */
export interface FollowServices {
  services: StageServices;
  storage: RunStorage;
  signals: RunSignals;
  commands: RunCommands;
}

/**
 * Brings what happens to a pull request into the session that made it. Checks and comments become events, each
 * told once. A comment that asks for a change, and a check that fails, start a run on the same branch, which
 * plans and waits for a person as every run does: nobody on the forge approves anything.
 */
export class PullRequestFollower {
  constructor(private readonly deps: FollowServices) {}

  /** Whether a model plans here: recipes can't find out why a check fails. */
  private get plans(): boolean {
    return this.deps.services.config.model.name !== undefined;
  }

  /** @throws ForgeError when the forge does not answer; nothing is lost, the next look finds the same */
  async look(change: ChangeRequest, signal: AbortSignal): Promise<void> {
    const { services, storage } = this.deps;
    const address = services.repositories.parse(change.repository);
    const forge = await services.forges.of(address, signal);
    const run = await storage.run(change.lastRunId);
    if (forge === null || run === null || change.prNumber === null) return;
    const activity = await forge.activity(change.prNumber);
    const login = await forge.login();
    for (const check of activity.checks) await this.tellCheck(change, run, forge, activity, check);
    for (const comment of activity.comments) {
      if (comment.author !== login) await this.hear(change, run, forge, activity, comment);
    }
    const { state } = activity.pull;
    if (state === 'open') return;
    await services.effects.update(change.id, { state });
    await this.tell(
      change,
      run,
      `state:${state}`,
      log(`${forge.noun} ${change.prUrl} was ${state}`),
    );
  }

  private async tellCheck(
    change: ChangeRequest,
    run: Run,
    forge: Forge,
    { pull }: PullActivity,
    { name, status, url, details }: PullCheck,
  ): Promise<void> {
    if (status === 'running') return;
    const head = pull.headSha ?? '';
    const told = await this.tell(change, run, `check:${head}:${name}:${status}`, {
      type: 'test_result',
      data: {
        kind: 'build',
        framework: forge.kind,
        phase: 'after',
        name,
        status,
        message: `on ${head.slice(0, 12)}${url === undefined ? '' : `: ${url}`}`,
      },
    });
    if (status !== 'failed' || head !== change.headSha || pull.state !== 'open') return;
    if (this.plans && (await this.mayRepair(change, head))) {
      const says = details === undefined ? '' : `\n\nWhat the check says:\n${quoted(details)}`;
      const message = `The check "${name}" fails on the ${forge.noun} ${change.prUrl}. Find out why and repair it.${says}`;
      await this.start(change, run, `repair-${head}-${name}`, message);
    } else if (told) {
      const how = `comment "/hil" and a recipe there, or send one here with base_branch ${change.branch}`;
      await this.tell(
        change,
        run,
        `offer:${head}:${name}`,
        log(`the check ${name} fails; to change something, ${how}`, 'warning'),
      );
    }
  }

  /** Where no person approves, a repair that fails its check again must not go on for ever. */
  private async mayRepair(change: ChangeRequest, head: string): Promise<boolean> {
    const { approvalRequired, maxRetries } = this.deps.services.config.agent;
    if (approvalRequired) return true;
    return (await this.deps.services.effects.revision(change.id, head)) <= maxRetries;
  }

  private async hear(
    change: ChangeRequest,
    run: Run,
    forge: Forge,
    { pull }: PullActivity,
    { id, author, body, path, line, member }: PullComment,
  ): Promise<void> {
    const place = path === undefined ? '' : ` at ${path}${line === undefined ? '' : `:${line}`}`;
    const words = body.length > MAX_SHOWN ? `${body.slice(0, MAX_SHOWN)}…` : body;
    const said = `${author} on the ${forge.noun}${place}: ${words}`;
    await this.tell(change, run, `comment:${id}`, log(said, 'info', 'review'));
    const request = REQUEST.exec(body)?.[1];
    if (request === undefined) return;
    const notTaken = (why: string): NewUpdate =>
      log(`the request of ${author} is not taken up: ${why}`, 'warning');
    if (member === false) {
      const why = 'they do not belong to the repository';
      await this.tell(change, run, `stranger:${id}`, notTaken(why));
      return;
    }
    if (pull.state !== 'open') {
      // A request that was taken up while it was open stays so.
      if ((await this.deps.storage.commandResult(run.userId, commandOf(change, id))) !== null)
        return;
      await this.tell(change, run, `late:${id}`, notTaken(`the ${forge.noun} is ${pull.state}`));
      return;
    }
    const where = place === '' ? '' : `\n\n(A review comment${place}.)`;
    const message = this.plans ? `${request}${where}` : request;
    await this.start(change, run, id, message);
  }

  /** Once for each reason: the command's id is kept. While the session is at work the next look tries again. */
  private async start(
    change: ChangeRequest,
    run: Run,
    why: string,
    message: string,
  ): Promise<void> {
    const { storage, commands } = this.deps;
    const id = commandOf(change, why);
    if ((await storage.commandResult(run.userId, id)) !== null) return;
    if ((await storage.activeRun(change.sessionId)) !== null) return;
    const { project_path } = run.request;
    await commands.chat(
      // With the rights to start and no more: who asked on the forge decides nothing.
      { id: run.userId, role: 'developer' },
      {
        id,
        session_id: change.sessionId,
        message,
        repo_url: change.forkUrl ?? change.repository,
        base_branch: change.branch,
        ...(project_path === undefined ? {} : { project_path }),
      },
    );
    const revision = await this.deps.services.effects.revision(change.id, NEXT);
    const taken = `revision ${revision} of ${change.prUrl} is being planned; it waits here for a yes before anything moves there`;
    await this.tell(change, run, `taken:${why}`, log(taken));
  }

  private async tell(
    change: ChangeRequest,
    run: Run,
    key: string,
    update: NewUpdate,
  ): Promise<boolean> {
    const { storage, signals } = this.deps;
    const entry = { update, stage: 'pr_creation' as const, attempt: run.attempt };
    const told = await storage.tellOnce(run.id, { changeRequestId: change.id, key }, [entry]);
    if (told !== null) signals.ring(run.sessionId, told.lastSeq);
    return told !== null;
  }
}

/** The id of the command by which a reason starts a run. */
function commandOf(change: ChangeRequest, why: string): string {
  return `follow-${change.id}-${why}`.slice(0, 128);
}

function quoted(text: string): string {
  const words = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return words.replace(/^/gm, '> ');
}

function log(
  message: string,
  level: 'info' | 'warning' = 'info',
  source = 'hil',
): Extract<NewUpdate, { type: 'log' }> {
  return { type: 'log', data: { message, level, source } };
}
