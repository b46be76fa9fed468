import type { AgentUpdate, Plan } from '@hil/contracts';
import type {
  Approval,
  ApprovalStatus,
  Artifact,
  CommandRecord,
  NewArtifact,
  Run,
  SessionView,
} from '@hil/workflow';
import type { Database } from '../database/database.js';
import { wellFormed } from './json.js';
import { type EventRow, toApproval, toRun, toSession, updateOf } from './rows.js';

const WITH_OWNER = { run: { select: { sessionId: true, userId: true } } } as const;

/** What is asked of runs, their sessions, logs, plans and approvals; changes nothing. */
export class RunReads {
  constructor(private readonly database: Database) {}

  private get prisma(): Database['prisma'] {
    return this.database.prisma;
  }

  async run(runId: string): Promise<Run | null> {
    const row = await this.prisma.run.findUnique({ where: { id: runId } });
    return row === null ? null : toRun(row);
  }

  async activeRun(sessionId: string): Promise<Run | null> {
    const row = await this.prisma.run.findUnique({ where: { activeSessionId: sessionId } });
    return row === null ? null : toRun(row);
  }

  async latestRun(sessionId: string): Promise<Run | null> {
    const row = await this.prisma.run.findFirst({
      where: { sessionId },
      orderBy: { createdAt: 'desc' },
    });
    return row === null ? null : toRun(row);
  }

  async runs(sessionId: string, limit: number): Promise<Run[]> {
    const rows = await this.prisma.run.findMany({
      where: { sessionId },
      orderBy: { createdAt: 'desc' },
      take: limit,
    });
    return rows.map(toRun);
  }

  countActiveRuns(userId: string): Promise<number> {
    return this.prisma.run.count({ where: { userId, endedAt: null } });
  }

  async session(sessionId: string): Promise<SessionView | null> {
    const row = await this.prisma.session.findUnique({ where: { id: sessionId } });
    return row === null ? null : toSession(row);
  }

  async sessions(userId: string | null, limit: number): Promise<SessionView[]> {
    const rows = await this.prisma.session.findMany({
      where: userId === null ? {} : { userId },
      orderBy: { updatedAt: 'desc' },
      take: limit,
    });
    return rows.map(toSession);
  }

  async lastSeqs(sessionIds: string[]): Promise<Map<string, number>> {
    const rows = await this.prisma.session.findMany({
      where: { id: { in: sessionIds } },
      select: { id: true, lastSeq: true },
    });
    return new Map(rows.map(({ id, lastSeq }) => [id, lastSeq]));
  }

  async events(sessionId: string, after: number, limit: number): Promise<AgentUpdate[]> {
    // Not through Prisma: this is between every event and its clients.
    const { rows } = await this.database.pool.query<EventRow>({
      name: 'events_after',
      text: `SELECT type, created_at, stage, data, session_id, run_id, seq, attempt FROM event
             WHERE session_id = $1::uuid AND seq > $2::int ORDER BY seq LIMIT $3::int`,
      values: [sessionId, after, limit],
    });
    return rows.map(updateOf);
  }

  async approval(
    by: { approvalId: string } | { planId: string; kind?: string },
  ): Promise<Approval | null> {
    if ('approvalId' in by) {
      const row = await this.prisma.approval.findUnique({
        where: { id: by.approvalId },
        include: WITH_OWNER,
      });
      return row === null ? null : toApproval(row);
    }
    const rows = await this.prisma.approval.findMany({
      where: { planId: by.planId, ...(by.kind === undefined ? {} : { kind: by.kind }) },
      orderBy: { createdAt: 'desc' },
      include: WITH_OWNER,
      take: 20,
    });
    const row = rows.find(({ status }) => status === 'pending') ?? rows[0];
    return row === undefined ? null : toApproval(row);
  }

  async pendingApproval(runId: string): Promise<Approval | null> {
    const row = await this.prisma.approval.findFirst({
      where: { runId, status: 'pending' },
      orderBy: { createdAt: 'desc' },
      include: WITH_OWNER,
    });
    return row === null ? null : toApproval(row);
  }

  async approvals(
    userId: string | null,
    status: ApprovalStatus | null,
    limit: number,
  ): Promise<Approval[]> {
    return this.findApprovals(
      { ...(userId === null ? {} : { run: { userId } }), ...(status === null ? {} : { status }) },
      limit,
    );
  }

  async plan(planId: string): Promise<{ runId: string; plan: Plan } | null> {
    const row = await this.prisma.plan.findUnique({ where: { id: planId } });
    return row === null ? null : { runId: row.runId, plan: row.document as unknown as Plan };
  }

  async artifact(runId: string, kind: NewArtifact['kind']): Promise<Artifact | null> {
    const row = await this.prisma.artifact.findUnique({ where: { runId_kind: { runId, kind } } });
    if (row === null) return null;
    const { sha256, size, mediaType, content, createdAt } = row;
    return { kind, sha256, size, mediaType, content, createdAt };
  }

  async commandResult(userId: string, id: string): Promise<CommandRecord['result'] | null> {
    const row = await this.prisma.clientCommand.findUnique({
      where: { userId_id: { userId, id: wellFormed(id) } },
    });
    return row === null ? null : (row.result as CommandRecord['result']);
  }

  async liveRunIds(): Promise<string[]> {
    const rows = await this.prisma.run.findMany({ where: { endedAt: null }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  async findApprovals(
    where: NonNullable<Parameters<Database['prisma']['approval']['findMany']>[0]>['where'],
    take: number,
  ): Promise<Approval[]> {
    const rows = await this.prisma.approval.findMany({
      where,
      orderBy: { createdAt: 'desc' },
      include: WITH_OWNER,
      take,
    });
    return rows.map(toApproval);
  }
}
