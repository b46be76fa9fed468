import type { HilClient } from '@hil/client';
import {
  HilError,
  isFinal,
  isOfPlan,
  type AgentUpdate,
  type ApprovalRequest,
  type Summary,
} from '@hil/contracts';
import type { Person } from './decide.js';

/** What {@link driveRun} needs. */
export interface DriveRunOptions {
  client: HilClient;
  message: string;
  repository?: string;
  branch?: string;
  person: Person;
  show(update: AgentUpdate): void;
  note(text: string): void;
  /** Aborting it cancels the run; the summary is still awaited. */
  signal?: AbortSignal;
  /** How long a cancelled run is awaited, in ms; default 5 s. */
  cancelGraceMs?: number;
}

/** How long the summary of a cancelled run is awaited, or the word that it began at all, in ms. */
const CANCEL_GRACE_MS = 5_000;

/**
 * Starts a run, shows its updates and asks the person until it ends.
 * @throws HilError when the server refuses the run or the connection ends before the summary
 */
export async function driveRun(options: DriveRunOptions): Promise<Summary & { run_id: string }> {
  const { client, person } = options;
  const updates = client.updates();
  let sessionId: string | undefined;
  let grace: NodeJS.Timeout | undefined;
  const cancel = () => {
    if (grace === undefined) options.note('cancelling ...');
    clearTimeout(grace);
    grace = setTimeout(() => client.close(), options.cancelGraceMs ?? CANCEL_GRACE_MS);
    // Without the session there is nothing to cancel yet; the server may still answer.
    if (sessionId === undefined) return;
    client.cancel(sessionId).catch((error: unknown) => options.note(String(error)));
  };
  options.signal?.addEventListener('abort', cancel, { once: true });
  if (options.signal?.aborted === true) cancel();
  try {
    const ack = await client.chat(options.message, {
      ...(options.repository === undefined ? {} : { repo_url: options.repository }),
      ...(options.branch === undefined ? {} : { base_branch: options.branch }),
    });
    sessionId = ack.session_id;
    if (sessionId === undefined) {
      throw new HilError('internal_error', 'the server accepted the message but named no session');
    }
    if (options.signal?.aborted === true) cancel();
    for await (const update of updates) {
      if (update.session_id !== sessionId) continue;
      options.show(update);
      if (update.type === 'summary') return { ...update.data, run_id: update.run_id };
      if (update.type === 'approval_request') {
        await decide(client, sessionId, update.data, options);
      } else if (update.type === 'question') {
        const words = await person.answer(update.data.question);
        const to = { session_id: sessionId, question_id: update.data.question_id };
        await tolerant(
          words === undefined ? client.cancel(sessionId) : client.chat(words, to),
          options,
        );
      } else if (update.type === 'snapshot' && isFinal(update.data.state) && update.data.summary) {
        return { ...update.data.summary, run_id: update.run_id };
      }
    }
  } finally {
    clearTimeout(grace);
    options.signal?.removeEventListener('abort', cancel);
  }
  throw new HilError('service_unavailable', 'the connection ended before the run did');
}

async function decide(
  client: HilClient,
  sessionId: string,
  request: ApprovalRequest,
  options: DriveRunOptions,
): Promise<void> {
  const decision = await options.person.decide(request);
  const approval = { session_id: sessionId, approval_id: request.approval_id };
  if (decision.kind === 'cancel') {
    return tolerant(client.cancel(sessionId), options);
  }
  if (request.kind === 'plan' && isOfPlan(request)) {
    const plan = { session_id: sessionId, plan_id: request.plan_id };
    return tolerant(
      decision.kind === 'approve'
        ? client.approvePlan({ ...plan, plan_hash: request.plan_hash })
        : client.rejectPlan({ ...plan, reason: decision.reason, final: decision.final }),
      options,
    );
  }
  const approved = decision.kind === 'approve';
  const reason = decision.kind === 'reject' ? { reason: decision.reason } : {};
  return tolerant(client.decide({ ...approval, approved, ...reason }), options);
}

/** A decision that came too late is no end: the run says itself how it goes on. */
async function tolerant(answer: Promise<unknown>, options: DriveRunOptions): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!(error instanceof HilError)) throw error;
    options.note(`${error.code}: ${error.message}`);
  }
}
