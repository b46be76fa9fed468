import { type Approval, type Run, type SessionView, summaryOf } from '@hil/workflow';

/** A session as REST shows it. */
export function sessionView(session: SessionView) {
  return {
    session_id: session.id,
    user: session.userId,
    created_at: session.createdAt.toISOString(),
    updated_at: session.updatedAt.toISOString(),
    last_seq: session.lastSeq,
    dropped_seq: session.droppedSeq,
    repo_url: session.repositoryUrl,
  };
}

/** A run as REST shows it: where it stands and what its stages found out. */
export function runView(run: Run, approval: Approval | null) {
  const { context } = run;
  return {
    run_id: run.id,
    session_id: run.sessionId,
    user: run.userId,
    state: run.state,
    stage: run.stage,
    attempt: run.attempt,
    outcome: run.outcome,
    created_at: run.createdAt.toISOString(),
    updated_at: run.updatedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
    request: run.request,
    repository: context.repository ?? null,
    intent: context.intent ?? null,
    impact: context.impact ?? null,
    plan: context.plan ?? null,
    approval: approval === null ? null : approvalView(approval),
    question: run.state === 'awaiting_answer' ? (context.question ?? null) : null,
    files: context.edit?.files ?? [],
    tests: context.tests ?? null,
    verification: context.verification ?? [],
    summary: run.summarised ? summaryOf(run) : null,
  };
}

/** An approval as REST shows it, with the card as it was sent to the session. */
export function approvalView(approval: Approval) {
  return {
    approval_id: approval.id,
    run_id: approval.runId,
    session_id: approval.sessionId,
    user: approval.userId,
    plan_id: approval.planId,
    kind: approval.card.kind,
    status: approval.status,
    expires_at: approval.expiresAt.toISOString(),
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt?.toISOString() ?? null,
    reason: approval.reason,
    card: approval.card,
  };
}
