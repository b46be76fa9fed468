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
import { LeaseWrites } from './lease-writes.js';
import { toRun } from './rows.js';
import { RunReads } from './run-reads.js';
import { RunUpkeep } from './run-upkeep.js';
import { RunWrites } from './run-writes.js';

/**
 * The runs' storage on Postgres: reads through Prisma, writes as single SQL statements, because each
 * has to compare, move, number and log in one commit.
 */
export class PostgresRunStorage implements RunStorage {
  private readonly reads: RunReads;
  private readonly writes: RunWrites;
  private readonly leases: LeaseWrites;
  private readonly upkeep: RunUpkeep;

  /** @param redact takes secrets out of every string before it is stored */
  constructor(
    private readonly database: Database,
    redact: (text: string) => string,
  ) {
    this.reads = new RunReads(database);
    this.writes = new RunWrites(database.pool, redact);
    this.leases = new LeaseWrites(database.pool, redact);
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
    return this.leases.claim(job, owner, leaseMs);
  }

  heartbeat(lease: Lease, leaseMs: number): Promise<{ cancelRequested: boolean } | null> {
    return this.leases.heartbeat(lease, leaseMs);
  }

  release(lease: Lease): Promise<boolean> {
    return this.leases.release(lease);
  }

  releaseAllLeases(): Promise<number> {
    return this.upkeep.releaseAllLeases();
  }

  append(lease: Lease, entries: LogEntry[]): Promise<{ lastSeq: number } | null> {
    return this.leases.append(lease, entries);
  }

  checkpoint(
    lease: Lease,
    progress: { context: Partial<Run['context']>; artifacts: NewArtifact[]; entries: LogEntry[] },
  ): Promise<{ lastSeq: number } | null> {
    return this.leases.checkpoint(lease, progress);
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

  run(runId: string): Promise<Run | null> {
    return this.reads.run(runId);
  }

  activeRun(sessionId: string): Promise<Run | null> {
    return this.reads.activeRun(sessionId);
  }

  latestRun(sessionId: string): Promise<Run | null> {
    return this.reads.latestRun(sessionId);
  }

  runs(sessionId: string, limit: number): Promise<Run[]> {
    return this.reads.runs(sessionId, limit);
  }

  countActiveRuns(userId: string): Promise<number> {
    return this.reads.countActiveRuns(userId);
  }

  session(sessionId: string): Promise<SessionView | null> {
    return this.reads.session(sessionId);
  }

  sessions(userId: string | null, limit: number): Promise<SessionView[]> {
    return this.reads.sessions(userId, limit);
  }

  lastSeqs(sessionIds: string[]): Promise<Map<string, number>> {
    return this.reads.lastSeqs(sessionIds);
  }

  events(sessionId: string, after: number, limit: number): Promise<AgentUpdate[]> {
    return this.reads.events(sessionId, after, limit);
  }

  approval(
    by: { approvalId: string } | { planId: string; kind?: string },
  ): Promise<Approval | null> {
    return this.reads.approval(by);
  }

  pendingApproval(runId: string): Promise<Approval | null> {
    return this.reads.pendingApproval(runId);
  }

  approvals(
    userId: string | null,
    status: ApprovalStatus | null,
    limit: number,
  ): Promise<Approval[]> {
    return this.reads.approvals(userId, status, limit);
  }

  plan(planId: string): Promise<{ runId: string; plan: Plan } | null> {
    return this.reads.plan(planId);
  }

  artifact(runId: string, kind: NewArtifact['kind']): Promise<Artifact | null> {
    return this.reads.artifact(runId, kind);
  }

  commandResult(userId: string, id: string): Promise<CommandRecord['result'] | null> {
    return this.reads.commandResult(userId, id);
  }

  outbox(olderThanMs: number, limit: number, runId?: string): Promise<OutboxMessage[]> {
    return this.upkeep.outbox(olderThanMs, limit, runId);
  }

  deleteOutbox(ids: readonly bigint[]): Promise<void> {
    return this.upkeep.deleteOutbox(ids);
  }

  unclaimedStages(sentMs: number): Promise<Stage[]> {
    return this.upkeep.unclaimedStages(sentMs);
  }

  redispatchStale(lostMs: number, emptied?: { stages: Stage[]; lostMs: number }): Promise<number> {
    return this.upkeep.redispatchStale(lostMs, emptied);
  }

  expiredApprovals(limit: number): Promise<Approval[]> {
    return this.reads.findApprovals({ status: 'pending', expiresAt: { lte: new Date() } }, limit);
  }

  async remindableApprovals(limit: number): Promise<Approval[]> {
    return this.reads.findApprovals(
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

  liveRunIds(): Promise<string[]> {
    return this.reads.liveRunIds();
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
}
