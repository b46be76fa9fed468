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

/** A row of `run` as node-postgres answers it. */
export interface RunRow {
  id: string;
  session_id: string;
  user_id: string;
  state: RunState;
  stage: Stage;
  version: number;
  lease_epoch: number;
  lease_until: Date | null;
  attempt: number;
  cancel_requested: boolean;
  summarised: boolean;
  request: RunRequest;
  context: RunContext;
  outcome: Outcome | null;
  created_at: Date;
  updated_at: Date;
  ended_at: Date | null;
  dispatched_at: Date | null;
}

export function runOf(row: RunRow): Run {
  const { id, state, stage, version, attempt, summarised, request, context, outcome } = row;
  return {
    ...{ id, state, stage, version, attempt, summarised, request, context, outcome },
    sessionId: row.session_id,
    userId: row.user_id,
    leaseEpoch: row.lease_epoch,
    leaseUntil: row.lease_until,
    cancelRequested: row.cancel_requested,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    endedAt: row.ended_at,
    dispatchedAt: row.dispatched_at,
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

/** A row of `event` as node-postgres answers it. */
export interface EventRow {
  type: string;
  created_at: Date;
  stage: string;
  data: unknown;
  session_id: string;
  run_id: string;
  seq: number;
  attempt: number;
}

export function updateOf({ created_at, ...row }: EventRow): AgentUpdate {
  return {
    type: row.type,
    timestamp: created_at.toISOString(),
    stage: row.stage,
    data: row.data,
    session_id: row.session_id,
    run_id: row.run_id,
    seq: row.seq,
    attempt: row.attempt,
  } as unknown as AgentUpdate;
}

export function toSession(row: rows.Session): SessionView {
  const { id, userId, createdAt, updatedAt, lastSeq, droppedSeq, repositoryUrl } = row;
  return { id, userId, createdAt, updatedAt, lastSeq, droppedSeq, repositoryUrl };
}
