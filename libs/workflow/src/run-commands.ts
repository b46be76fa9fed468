import { randomUUID } from 'node:crypto';
import { type ClientEventData, HilError, isFinal } from '@hil/contracts';
import { type Actor, requireRight, requireVisible } from './actor.js';
import { type Decision, findPendingApproval, judge } from './decision.js';
import { commandRecord, newRun } from './new-run.js';
import { notedMessage } from './noted.js';
import type { RunEvent } from './run-events.js';
import type { RunSignals } from './run-signals.js';
import type { ApprovalDecision, CommandRecord, RunStorage } from './run-storage.port.js';
import type { Run } from './run.js';
import { summaryEntry } from './summary-entry.js';
import { type TransitionOptions, commitFor } from './transition-commit.js';
import { TransitionError, type TransitionEnvironment } from './transition-steps.js';

export interface RunCommandOptions extends TransitionOptions {
  /** How many runs of one user may be active at once. */
  maxActiveRuns: number;
  /** True when a model is configured, which hears what is said while it works. */
  steerable?: boolean;
  /** Keeps why a person rejected something, for later runs on the repository; never fails. */
  remember?: (run: Run, reason: string) => Promise<void>;
}

/** What a command came to; `run_id` is the run it started or reached. */
export interface CommandResult {
  session_id: string;
  run_id: string;
}

/** A commit that lost a race is tried again on the row as it is then; more tries than this means a bug. */
const MAX_TRIES = 50;

/**
 * What people may do to runs. Each command is one atomic commit, or a HilError with the code of
 * CONTRACTS and no change. A command with an `id` seen before answers as it did then and does nothing.
 */
export class RunCommands {
  constructor(
    private readonly storage: RunStorage,
    private readonly signals: RunSignals,
    private readonly options: RunCommandOptions,
  ) {}

  /**
   * A chat message: starts a run, or reaches the session's active one as an answer or steering.
   * @throws HilError forbidden, session_unknown, question_unknown, run_active_limit
   */
  async chat(
    actor: Actor,
    data: ClientEventData<'chat_message'>,
  ): Promise<CommandResult & { kind: 'started' | 'answered' | 'steered' }> {
    requireRight(actor, 'start');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const served = await this.served(actor, data);
      if (served !== null) return { ...served, kind: 'started' };
      const session =
        data.session_id === undefined ? null : await this.storage.session(data.session_id);
      if (session !== null) requireVisible(actor, session.userId);
      const active = session === null ? null : await this.storage.activeRun(session.id);
      if (active !== null) {
        const reached = await this.reachActive(actor, active, data);
        if (reached !== null) return reached;
        continue;
      }
      if (data.question_id !== undefined) {
        throw new HilError('question_unknown', 'no run of this session waits for an answer');
      }
      const started = await this.start(
        actor,
        data,
        session?.id ?? null,
        session?.repositoryUrl ?? null,
      );
      if (started !== null) return { ...started, kind: 'started' };
    }
    throw contention();
  }

  /**
   * Decides an approval. Exactly one decision of an approval is ever accepted.
   * @throws HilError forbidden, approval_unknown, approval_stale, approval_already_decided, run_ended
   */
  async decide(actor: Actor, decision: Decision): Promise<CommandResult> {
    requireRight(actor, 'decide');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const served = await this.served(actor, decision);
      if (served !== null) return served;
      const { approval, run } = await findPendingApproval(this.storage, actor, decision);
      const { event, row } = judge(actor, approval, decision);
      const done = await this.commit(run, event, actor, decision.id, row);
      if (done === null) continue;
      if (event.type === 'approval_refused' && event.reason.trim() !== '')
        await this.options.remember?.(run, event.reason);
      return done;
    }
    throw contention();
  }

  /**
   * Replaces the tasks of the plan that waits for approval by the person's own; a new revision waits then.
   * @throws HilError forbidden, approval_unknown, approval_stale, approval_already_decided, run_ended
   */
  async editPlan(actor: Actor, data: ClientEventData<'edit_plan'>): Promise<CommandResult> {
    requireRight(actor, 'decide');
    const ids = new Set(data.plan.map((task) => task.id));
    if (ids.size !== data.plan.length)
      throw new HilError('validation_error', 'two tasks of the plan have the same id');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const served = await this.served(actor, data);
      if (served !== null) return served;
      const asked = { ...data, kind: 'plan' as const, approved: false };
      const { run } = await findPendingApproval(this.storage, actor, asked);
      const done = await this.commit(
        run,
        { type: 'plan_edited', by: actor.id, tasks: data.plan },
        actor,
        data.id,
      );
      if (done !== null) return done;
    }
    throw contention();
  }

  /**
   * Cancels the active run of a session. The state flips at once; the summary follows the clean-up.
   * @throws HilError forbidden, session_unknown, run_ended
   */
  async cancel(
    actor: Actor,
    data: { session_id: string; run_id?: string | undefined; id?: string | undefined },
  ): Promise<CommandResult> {
    requireRight(actor, 'start');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const served = await this.served(actor, data);
      if (served !== null) return served;
      const session = await this.storage.session(data.session_id);
      requireVisible(actor, session?.userId);
      const run =
        data.run_id === undefined
          ? await this.storage.latestRun(data.session_id)
          : await this.storage.run(data.run_id);
      if (run === null || run.sessionId !== data.session_id)
        throw new HilError('run_unknown', 'there is no such run in this session');
      if (isFinal(run.state))
        throw new HilError('run_ended', `the run has ended already: ${run.state}`);
      const done = await this.commit(
        run,
        { type: 'cancel_requested', by: actor.id },
        actor,
        data.id,
      );
      if (done === null) continue;
      this.signals.requestCancel(run.id);
      return done;
    }
    throw contention();
  }

  private async start(
    actor: Actor,
    data: ClientEventData<'chat_message'>,
    sessionId: string | null,
    knownRepository: string | null,
  ): Promise<CommandResult | null> {
    if ((await this.storage.countActiveRuns(actor.id)) >= this.options.maxActiveRuns) {
      throw new HilError(
        'run_active_limit',
        `${actor.id} has ${this.options.maxActiveRuns} active runs; end one before starting another`,
      );
    }
    const session = sessionId ?? data.session_id ?? randomUUID();
    const received = newRun(actor, session, data, knownRepository);
    const commit = commitFor(received, { type: 'run_received' }, this.environment(), this.options);
    const created = await this.storage.createRun({
      run: commit.run,
      newSession: sessionId === null ? { id: session, userId: actor.id } : null,
      maxActiveRuns: this.options.maxActiveRuns,
      entries: [
        {
          update: { type: 'status', data: { state: 'received', message: 'Message received.' } },
          stage: received.stage,
          attempt: 0,
        },
        ...commit.entries,
      ],
      ...commandRecord(actor, data.id, session, received.id),
    });
    if (created === null) return null;
    this.signals.committed(commit.run, created);
    return { session_id: session, run_id: received.id };
  }

  /** A message to a run that is at work or waits: an answer if a question is open, else steering. */
  private async reachActive(
    actor: Actor,
    run: Run,
    data: ClientEventData<'chat_message'>,
  ): Promise<(CommandResult & { kind: 'answered' | 'steered' }) | null> {
    const open = run.state === 'awaiting_answer' ? run.context.question : undefined;
    if (data.question_id !== undefined && data.question_id !== open?.questionId) {
      throw new HilError('question_unknown', 'that question is not open');
    }
    if (open !== undefined) {
      const done = await this.commit(
        run,
        { type: 'question_answered', answer: data.message },
        actor,
        data.id,
      );
      return done === null ? null : { ...done, kind: 'answered' };
    }
    const message = notedMessage(run, this.options.steerable === true);
    const noted = await this.storage.note(
      run.id,
      [
        {
          update: { type: 'log', data: { message, level: 'info', source: 'hil' } },
          stage: run.stage,
          attempt: run.attempt,
        },
      ],
      data.message,
      commandRecord(actor, data.id, run.sessionId, run.id).command,
    );
    if (noted === null) return null;
    this.signals.ring(run.sessionId, noted.lastSeq);
    return { session_id: run.sessionId, run_id: run.id, kind: 'steered' };
  }

  /** Null when the row moved meanwhile and the command has to be judged again. */
  private async commit(
    run: Run,
    event: RunEvent,
    actor: Actor,
    commandId: string | undefined,
    decision?: ApprovalDecision,
  ): Promise<CommandResult | null> {
    let commit;
    try {
      commit = commitFor(run, event, this.environment(), this.options, {
        ...commandRecord(actor, commandId, run.sessionId, run.id),
        ...(decision === undefined ? {} : { decision }),
        audit: {
          actor: actor.id,
          action: event.type,
          details: {
            ...auditDetails(event, run),
            ...(decision === undefined ? {} : { approval_id: decision.approvalId }),
          },
        },
      });
    } catch (error) {
      // The row was read between two moves of somebody else: look again.
      if (error instanceof TransitionError) return null;
      throw error;
    }
    const committed = await this.storage.commit(commit);
    if (committed === null) return null;
    this.signals.committed(commit.run, committed);
    if (isFinal(commit.run.state)) await this.summariseIfIdle(commit.run);
    return { session_id: run.sessionId, run_id: run.id };
  }

  /** When no worker is at the run, nothing is left to clean up and the summary can follow at once. */
  private async summariseIfIdle(run: Run): Promise<void> {
    const summarised = await this.storage.summarise(run.id, summaryEntry(run), null);
    if (summarised !== null) this.signals.ring(run.sessionId, summarised.lastSeq);
  }

  /** What the command with that id came to before. @throws HilError when it was one to another session */
  private async served(
    actor: Actor,
    { id, session_id: session }: { id?: string | undefined; session_id?: string | undefined },
  ): Promise<CommandRecord['result'] | null> {
    const result = id === undefined ? null : await this.storage.commandResult(actor.id, id);
    if (result !== null && session !== undefined && result.session_id !== session) {
      throw new HilError(
        'validation_error',
        `the id ${id} was given to a command in another session before; nothing was done. Give each command an id of its own`,
      );
    }
    return result;
  }

  private environment(): TransitionEnvironment {
    return {
      now: new Date().toISOString(),
      newId: randomUUID,
      maxRepairs: this.options.maxRepairs,
    };
  }
}

function auditDetails(event: RunEvent, run: Run): Record<string, unknown> {
  const plan = run.context.plan;
  return {
    ...event,
    ...(plan === undefined
      ? {}
      : { plan_id: plan.plan_id, plan_hash: plan.plan_hash, base_sha: plan.base_sha }),
    ...(run.context.edit === undefined ? {} : { head_sha: run.context.edit.headSha }),
  };
}

function contention(): HilError {
  return new HilError(
    'service_unavailable',
    'the run changes too fast to be reached; send the command again',
    {
      retryable: true,
    },
  );
}
