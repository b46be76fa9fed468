import { type ApprovalRequest, type PlanApprovalRequest, isOfPlan } from '@hil/contracts';
import type { FileMap } from '@hil/testing';
import { expect } from '@jest/globals';
import type { Chat } from './chat.js';
import type { Served, World } from './world.js';

/** One run, as the person sees it. */
export interface StartedRun {
  sessionId: string;
  runId: string;
}

/** Sends the message that starts a run; without `session_id` it opens a session. */
export async function startRun(
  chat: Chat,
  data: { message: string; repo_url?: string; session_id?: string },
): Promise<StartedRun> {
  const { ack } = await chat.command('chat_message', data);
  if (!ack.ok || ack.session_id === undefined || ack.run_id === undefined) {
    throw new Error(`the message was refused: ${JSON.stringify(chat.all('error').at(-1))}`);
  }
  return { sessionId: ack.session_id, runId: ack.run_id };
}

/** Starts a run by a new person on a repository of its own. */
export async function beginRun(
  world: World,
  { files, message }: { files: FileMap; message: string },
): Promise<{ repository: Served; chat: Chat; run: StartedRun; session_id: string }> {
  const repository = await world.serve(files);
  const chat = await world.open();
  const run = await startRun(chat, { message, repo_url: repository.url });
  return { repository, chat, run, session_id: run.sessionId };
}

export async function planOf(
  chat: Chat,
  { sessionId, runId }: StartedRun,
  revision = 1,
  withinMs = 60_000,
): Promise<PlanApprovalRequest> {
  const isEnd = chat.frame(
    ({ event, data }) =>
      event === 'agent_update' &&
      data.run_id === runId &&
      (data.type === 'summary' ||
        (data.type === 'approval_request' && data.data['revision'] === revision)),
    `the plan of revision ${revision}`,
    withinMs,
  );
  const { frame } = await isEnd;
  if (frame.event !== 'agent_update' || frame.data.type === 'summary') {
    throw new Error(`the run of ${sessionId} ended before its plan: ${JSON.stringify(frame.data)}`);
  }
  const card = frame.data.data as ApprovalRequest;
  if (!isOfPlan(card)) throw new Error(`a card without its plan: ${JSON.stringify(card)}`);
  return card;
}

export async function approve(
  chat: Chat,
  run: StartedRun,
  withinMs?: number,
): Promise<PlanApprovalRequest> {
  const card = await planOf(chat, run, 1, withinMs);
  const { ack } = await chat.command('approve_plan', {
    session_id: run.sessionId,
    plan_id: card.plan_id,
    plan_hash: card.plan_hash,
    approved: true,
  });
  expect(ack.ok).toBe(true);
  return card;
}

/** Every number from 1 to the last one, once, in order. */
export function expectNoGap(chat: Chat, sessionId: string, from = 1): void {
  const seqs = chat.updates(sessionId).map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, index) => from + index));
}

/** The states a run went through, each once in a row. */
export function statesOf(chat: Chat, sessionId: string): string[] {
  const states = chat.of(sessionId, 'status').map(({ state }) => state);
  return states.filter((state, index) => state !== states[index - 1]);
}
