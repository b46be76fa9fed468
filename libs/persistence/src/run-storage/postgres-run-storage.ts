import type { AgentUpdate, Plan, Stage, StageJob } from '@hil/contracts';
import type {
  Approval,
  ApprovalStatus,
  Artifact,
  CommandRecord,
  Committed,
  Lease,
  LogEntry,
  NewArtifact,
  OutboxMessage,
  Run,
  RunCommit,
  RunCreation,
  RunStorage,
  SessionView,
} from '@hil/workflow';
import type { Database } from '../database/database.js';
import { wellFormed } from './json.js';
import { type EventRow, toApproval, toRun, toSession, updateOf } from './rows.js';
import { RunUpkeep } from './run-upkeep.js';
import { RunWrites } from './run-writes.js';

const WITH_OWNER = { run: { select: { sessionId: true, userId: true } } } as const;

/**
 * The runs' storage on Postgres: reads through Prisma, writes as single SQL statements, because each
 * has to compare, move, number and log in one commit.
 */
export class PostgresRunStorage implements RunStorage {
  private readonly writes: RunWrites;
  private readonly upkeep: RunUpkeep;

  /** @param redact takes secrets out of every string before it is stored */
  constructor(
    private readonly database: Database,
    redact: (text: string) => string,
  ) {
    this.writes = new RunWrites(database.pool, redact);
    this.upkeep = new RunUpkeep(database.pool);
  }

  private get prisma(): Database['prisma'] {
    return this.database.prisma;
  }

  createRun(creation: RunCreation): Promise<Committed | null> {
    return this.writes.createRun(creation);
  }

  commit(commit: RunCommit): Promise<Committed | null> {
    return this.writes.commit(commit);
  }

  claim(job: StageJob, owner: string, leaseMs: number): Promise<Run | null> {
    return this.writes.claim(job, owner, leaseMs);
  }

  heartbeat(lease: Lease, leaseMs: number): Promise<{ cancelRequested: boolean } | null> {
    return this.writes.heartbeat(lease, leaseMs);
  }

  release(lease: Lease): Promise<boolean> {
    return this.writes.release(lease);
  }

  releaseAllLeases(): Promise<number> {
    return this.upkeep.releaseAllLeases();
  }

  append(lease: Lease, entries: LogEntry[]): Promise<{ lastSeq: number } | null> {
    return this.writes.append(lease, entries);
  }

  checkpoint(
    lease: Lease,
    progress: { context: Partial<Run['context']>; artifacts: NewArtifact[]; entries: LogEntry[] },
  ): Promise<{ lastSeq: number } | null> {
    return this.writes.checkpoint(lease, progress);
  }

  note(
    runId: string,
    entries: LogEntry[],
    steering: string | null,
    command?: CommandRecord,
  ): Promise<{ lastSeq: number } | null> {
    return this.writes.note(runId, entries, steering, command);
  }

  tellOnce(
    runId: string,
    subject: { changeRequestId: string; key: string },
    entries: LogEntry[],
  ): Promise<{ lastSeq: number } | null> {
    return this.writes.tellOnce(runId, subject, entries);
  }

  summarise(
    runId: string,
    entry: LogEntry,
    leaseEpoch: number | null,
  ): Promise<{ lastSeq: number } | null> {
    return this.writes.summarise(runId, entry, leaseEpoch);
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

  outbox(olderThanMs: number, limit: number, runId?: string): Promise<OutboxMessage[]> {
    return this.upkeep.outbox(olderThanMs, limit, runId);
  }

  deleteOutbox(ids: bigint[]): Promise<void> {
    return this.upkeep.deleteOutbox(ids);
  }

  unclaimedStages(sentMs: number): Promise<Stage[]> {
    return this.upkeep.unclaimedStages(sentMs);
  }

  redispatchStale(lostMs: number, emptied?: { stages: Stage[]; lostMs: number }): Promise<number> {
    return this.upkeep.redispatchStale(lostMs, emptied);
  }

  expiredApprovals(limit: number): Promise<Approval[]> {
    return this.findApprovals({ status: 'pending', expiresAt: { lte: new Date() } }, limit);
  }

  async remindableApprovals(limit: number): Promise<Approval[]> {
    return this.findApprovals(
      { id: { in: await this.upkeep.remindableApprovalIds(limit) } },
      limit,
    );
  }

  countReminder(approvalId: string, reminders: number): Promise<boolean> {
    return this.upkeep.countReminder(approvalId, reminders);
  }

  async unsummarisedRuns(limit: number): Promise<Run[]> {
    const ids = await this.upkeep.unsummarisedRunIds(limit);
    const rows =
      ids.length === 0 ? [] : await this.prisma.run.findMany({ where: { id: { in: ids } } });
    return rows.map(toRun);
  }

  async liveRunIds(): Promise<string[]> {
    const rows = await this.prisma.run.findMany({ where: { endedAt: null }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  dropEventsBefore(date: Date): Promise<number> {
    return this.upkeep.dropEventsBefore(date);
  }

  asLeader(work: () => Promise<void>): Promise<boolean> {
    return this.upkeep.asLeader(work);
  }

  ping(): Promise<void> {
    return this.database.ping();
  }

  private async findApprovals(
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
