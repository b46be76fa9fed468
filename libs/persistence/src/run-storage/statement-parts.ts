import { createHash } from 'node:crypto';
import type {
  ApprovalDecision,
  CommandRecord,
  Lease,
  NewArtifact,
  Run,
  RunCommit,
} from '@hil/workflow';
import { toJsonb } from './json.js';
import type { Statement } from './statement.js';

/*
 * Common tables that writes are put together from. `guard` is an earlier one that is empty when nothing
 * may be written.
 */

/** What a transition does to plans and approvals; its guard is `moved`. */
export function settlingApprovals(
  s: Statement,
  { plan, newApproval, voidApprovals, decision }: RunCommit,
  redact: (text: string) => string,
): string[] {
  const parts: string[] = [];
  if (decision !== undefined) {
    parts.push(`decided AS (
      UPDATE approval SET status = ${s.bind(decision.status)}, decided_by = ${s.bind(decision.decidedBy)}, decided_at = now(),
             reason = ${s.bind(decision.reason === null ? null : redact(decision.reason))},
             selection = ${s.bind(decision.selection === null ? null : toJsonb(decision.selection))}::jsonb
      FROM moved WHERE approval.id = ${s.bind(decision.approvalId)}::uuid AND approval.status = 'pending'
    )`);
  }
  if (voidApprovals) {
    parts.push(`voided AS (
      UPDATE approval SET status = 'void' FROM moved
      WHERE approval.run_id = moved.id AND approval.status = 'pending'
        ${decision === undefined ? '' : `AND approval.id <> ${s.bind(decision.approvalId)}::uuid`}
    )`);
  }
  if (plan !== undefined) {
    parts.push(`planned AS (
      INSERT INTO plan (id, run_id, revision, hash, base_sha, document)
      SELECT ${s.bind(plan.plan_id)}::uuid, moved.id, ${s.bind(plan.revision)}::int, ${s.bind(plan.plan_hash)}, ${s.bind(plan.base_sha)},
             ${s.bind(toJsonb(plan))}::jsonb FROM moved
    )`);
  }
  if (newApproval !== undefined) {
    const { card } = newApproval;
    parts.push(`asked AS (
      INSERT INTO approval (id, run_id, plan_id, kind, subject_hash, status, card, expires_at)
      SELECT ${s.bind(card.approval_id)}::uuid, moved.id, ${s.bind(card.plan_id)}::uuid, ${s.bind(card.kind)}, ${s.bind(card.subject_hash)},
             'pending', ${s.bind(toJsonb(card))}::jsonb, ${s.bind(card.expires_at)}::timestamptz FROM moved
    )`);
  }
  return parts;
}

/** The decision is on what the run waits for: not on an approval that was decided or voided meanwhile. */
export function stillPending(s: Statement, { approvalId }: ApprovalDecision): string {
  return `AND EXISTS (SELECT 1 FROM approval WHERE id = ${s.bind(approvalId)}::uuid AND run_id = run.id AND status = 'pending')`;
}

/** A worker may log the clean-up of a cancelled run, but nothing comes after the summary. */
export function holding(s: Statement, lease: Lease): string {
  return `held AS (
    SELECT id, session_id FROM run
    WHERE id = ${s.bind(lease.runId)}::uuid AND version = ${s.bind(lease.version)}::int AND lease_epoch = ${s.bind(lease.epoch)}::int
      AND NOT summarised
    FOR SHARE
  )`;
}

export function dispatching(s: Statement, guard: string, run: Run): string {
  return `dispatched AS (
    INSERT INTO outbox (run_id, stage, version)
    SELECT ${guard}.id, ${s.bind(run.stage)}, ${s.bind(run.version)}::int FROM ${guard}
    RETURNING id
  )`;
}

export function recording(
  s: Statement,
  guard: string,
  command: CommandRecord | undefined,
): string[] {
  if (command === undefined) return [];
  return [
    `recorded AS (
      INSERT INTO client_command (user_id, id, result)
      SELECT ${s.bind(command.userId)}, ${s.bind(command.id)}, ${s.bind(JSON.stringify(command.result))}::jsonb FROM ${guard}
    )`,
  ];
}

export function artifacts(s: Statement, guard: string, list: NewArtifact[]): string[] {
  return list.map(({ kind, mediaType, content }, index) => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    return `artifact_${index} AS (
      INSERT INTO artifact (run_id, kind, sha256, size, media_type, content)
      SELECT ${guard}.id, ${s.bind(kind)}, ${s.bind(sha256)}, ${s.bind(content.byteLength)}::int, ${s.bind(mediaType)}, ${s.bind(Buffer.from(content))}::bytea FROM ${guard}
      ON CONFLICT (run_id, kind) DO UPDATE
      SET sha256 = excluded.sha256, size = excluded.size, media_type = excluded.media_type, content = excluded.content, created_at = now()
    )`;
  });
}
