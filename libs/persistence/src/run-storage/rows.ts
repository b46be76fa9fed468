import type { AgentUpdate, ApprovalRequest, Outcome, RunState, Stage } from '@hil/contracts';
import type {
  Approval,
  ApprovalStatus,
  Run,
  RunContext,
  RunRequest,
  SessionView,
} from '@hil/workflow';
import type * as rows from '../generated/client.js';

export function toRun(row: rows.Run): Run {
  return {
    id: row.id,
    sessionId: row.sessionId,
    userId: row.userId,
    state: row.state as RunState,
    stage: row.stage as Stage,
    version: row.version,
    leaseEpoch: row.leaseEpoch,
    leaseUntil: row.leaseUntil,
    attempt: row.attempt,
    cancelRequested: row.cancelRequested,
    summarised: row.summarised,
    request: row.request as unknown as RunRequest,
    context: row.context as unknown as RunContext,
    outcome: row.outcome as Outcome | null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    endedAt: row.endedAt,
  };
}

export function toApproval(
  row: rows.Approval & { run: { sessionId: string; userId: string } },
): Approval {
  return {
    id: row.id,
    runId: row.runId,
    sessionId: row.run.sessionId,
    userId: row.run.userId,
    planId: row.planId,
    status: row.status as ApprovalStatus,
    card: row.card as unknown as ApprovalRequest,
    expiresAt: row.expiresAt,
    reminders: row.reminders,
    decidedBy: row.decidedBy,
    decidedAt: row.decidedAt,
    reason: row.reason,
  };
}

export function toUpdate(row: rows.Event): AgentUpdate {
  return {
    type: row.type,
    timestamp: row.createdAt.toISOString(),
    stage: row.stage,
    data: row.data,
    session_id: row.sessionId,
    run_id: row.runId,
    seq: row.seq,
    attempt: row.attempt,
  } as unknown as AgentUpdate;
}

export function toSession(row: rows.Session): SessionView {
  const { id, userId, createdAt, updatedAt, lastSeq, droppedSeq, repositoryUrl } = row;
  return { id, userId, createdAt, updatedAt, lastSeq, droppedSeq, repositoryUrl };
}
