import { randomUUID } from 'node:crypto';
import type { ClientEventData } from '@hil/contracts';
import type { Actor } from './actor.js';
import type { CommandRecord } from './run-storage.port.js';
import type { Run, RunRequest } from './run.js';

/** The run that a chat message asks for, before its first transition. */
export function newRun(
  actor: Actor,
  sessionId: string,
  data: ClientEventData<'chat_message'>,
  knownRepository: string | null,
): Run {
  const now = new Date();
  const repository = data.repo_url ?? knownRepository ?? undefined;
  const request: RunRequest = {
    message: data.message,
    ...(repository === undefined ? {} : { repo_url: repository }),
    ...(data.base_branch === undefined ? {} : { base_branch: data.base_branch }),
    ...(data.project_path === undefined ? {} : { project_path: data.project_path }),
    ...(data.document_id === undefined ? {} : { document_id: data.document_id }),
  };
  return {
    id: randomUUID(),
    sessionId,
    userId: actor.id,
    state: 'received',
    stage: 'intent_extraction',
    version: 0,
    leaseEpoch: 0,
    leaseUntil: null,
    attempt: 0,
    cancelRequested: false,
    summarised: false,
    request,
    context: {},
    outcome: null,
    createdAt: now,
    updatedAt: now,
    endedAt: null,
  };
}

/** The record that makes re-sending a command do nothing twice; empty for a command without an id. */
export function commandRecord(
  actor: Actor,
  id: string | undefined,
  sessionId: string,
  runId: string,
): { command?: CommandRecord } {
  if (id === undefined) return {};
  return { command: { userId: actor.id, id, result: { session_id: sessionId, run_id: runId } } };
}
