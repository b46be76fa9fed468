import { createHash } from 'node:crypto';
import type { ApprovalRequest, Plan } from '@hil/contracts';
import type { GivenApproval, Run, RunFacts, RunHistory } from '@hil/workflow';
import type { Database } from '../database/database.js';
import { changeRequestOf } from '../effects/postgres-effect-ledger.js';
import { type EventRow, toApproval, updateOf } from '../run-storage/rows.js';

const SEALED = 'record';

/** The facts of a run from all tables that know it. */
export class PostgresRunHistory implements RunHistory {
  constructor(private readonly database: Database) {}

  async read(run: Run): Promise<RunFacts> {
    const { prisma } = this.database;
    const runId = run.id;
    const oldestFirst = { createdAt: 'asc' } as const;
    const session = await prisma.session.findUniqueOrThrow({ where: { id: run.sessionId } });
    const change = await prisma.changeRequest.findFirst({
      where: { OR: [{ runId }, { lastRunId: runId }] },
      include: { effects: { orderBy: oldestFirst } },
      orderBy: oldestFirst,
    });
    const plans = await prisma.plan.findMany({ where: { runId }, orderBy: { revision: 'asc' } });
    const approvals = await prisma.approval.findMany({
      where: { runId },
      orderBy: oldestFirst,
      include: { run: { select: { sessionId: true, userId: true } } },
    });
    const audit = await prisma.auditEntry.findMany({ where: { runId }, orderBy: { id: 'asc' } });
    const calls = await prisma.modelCall.findMany({ where: { runId }, orderBy: { id: 'asc' } });
    const patch = await prisma.artifact.findUnique({
      where: { runId_kind: { runId, kind: 'patch' } },
    });
    const events = await this.#events(runId);
    return {
      run,
      events,
      complete: events.length > 0 && (events[0]?.seq ?? 0) > session.droppedSeq,
      plans: plans.map(({ createdAt, document }) => ({
        createdAt,
        plan: document as unknown as Plan,
      })),
      approvals: approvals.map((row) => ({
        ...toApproval(row),
        createdAt: row.createdAt,
        selection: row.selection as string[] | null,
      })),
      audit: audit.map(({ at, actor, action, details }) => ({
        at,
        actor,
        action,
        details: details as Record<string, unknown>,
      })),
      patch: patch === null ? null : { ...patch, kind: 'patch' },
      modelCalls: calls.map(({ createdAt, ...call }) => ({ at: createdAt, ...call })),
      change: change === null ? null : changeRequestOf(change),
      effects: (change?.effects ?? []).map((effect) => ({
        ...effect,
        result: effect.result as Record<string, unknown> | null,
      })),
    };
  }

  async lastPlan(runId: string): Promise<Plan | null> {
    const row = await this.database.prisma.plan.findFirst({
      where: { runId },
      orderBy: { revision: 'desc' },
    });
    return row === null ? null : (row.document as unknown as Plan);
  }

  async approvals(runId: string): Promise<GivenApproval[]> {
    const rows = await this.database.prisma.approval.findMany({
      where: { runId, status: 'approved' },
      orderBy: { decidedAt: 'asc' },
    });
    return rows.map(({ card, decidedBy, decidedAt, createdAt, selection }) => {
      const { kind, subject_hash, revision, head_sha, files } = card as unknown as ApprovalRequest;
      return {
        kind,
        by: decidedBy ?? '',
        at: decidedAt ?? createdAt,
        subjectHash: subject_hash,
        ...(revision === undefined ? {} : { revision }),
        ...(head_sha === undefined ? {} : { headSha: head_sha }),
        ...(files === undefined ? {} : { files }),
        inPart: selection !== null,
      };
    });
  }

  async sealed(runId: string): Promise<Uint8Array | null> {
    const row = await this.database.prisma.artifact.findUnique({
      where: { runId_kind: { runId, kind: SEALED } },
    });
    return row?.content ?? null;
  }

  async keepSealed(runId: string, content: Uint8Array): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO artifact (run_id, kind, sha256, size, media_type, content)
       VALUES ($1::uuid, $2, $3, $4, 'application/gzip', $5)
       ON CONFLICT (run_id, kind) DO UPDATE
         SET sha256 = excluded.sha256, size = excluded.size, content = excluded.content, created_at = now()`,
      [
        runId,
        SEALED,
        createHash('sha256').update(content).digest('hex'),
        content.length,
        Buffer.from(content),
      ],
    );
  }

  async #events(runId: string) {
    const { rows } = await this.database.pool.query<EventRow>(
      `SELECT type, created_at, stage, data, session_id, run_id, seq, attempt FROM event
        WHERE run_id = $1::uuid ORDER BY seq`,
      [runId],
    );
    return rows.map(updateOf);
  }
}
