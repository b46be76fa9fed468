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
  const { context, request } = run;
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
    ...request,
    base_sha: context.repository?.baseSha,
    head_sha: context.edit?.headSha,
    repository: context.repository,
    intent: context.intent,
    impact: context.impact,
    plan: context.plan,
    approval: approval?.card,
    question: run.state === 'awaiting_answer' ? context.question : undefined,
    files: context.edit?.files ?? [],
    tests: context.tests,
    verification: context.verification,
    summary: run.summarised ? summaryOf(run) : undefined,
  };
}

/** An approval as REST shows it: the card as it was sent to the session, and what became of it. */
export function approvalView(approval: Approval) {
  return {
    ...approval.card,
    run_id: approval.runId,
    session_id: approval.sessionId,
    user: approval.userId,
    status: approval.status,
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt?.toISOString() ?? null,
    reason: approval.reason,
  };
}
