import type {
  AgentUpdate,
  ApprovalRequest,
  NewUpdate,
  Plan,
  Stage,
  StageJob,
} from '@hil/contracts';
import type { Lease, Run } from './run.js';

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'void' | 'expired';

/** An approval as the row has it. */
export interface Approval {
  id: string;
  runId: string;
  sessionId: string;
  userId: string;
  /** Null for a budget that was used up before there was a plan. */
  planId: string | null;
  status: ApprovalStatus;
  card: ApprovalRequest;
  expiresAt: Date;
  reminders: number;
  decidedBy: string | null;
  decidedAt: Date | null;
  reason: string | null;
}

/** A decision, to be stored with the transition it causes; when its approval is not pending, neither happens. */
export interface ApprovalDecision {
  approvalId: string;
  status: 'approved' | 'rejected' | 'expired';
  decidedBy: string;
  reason: string | null;
  selection: string[] | null;
}

/** A file of a run: one of each kind; a later one replaces it. */
export interface NewArtifact {
  kind: 'bundle' | 'patch' | 'graph' | 'diff' | 'context';
  mediaType: string;
  content: Uint8Array;
}

export interface Artifact extends NewArtifact {
  sha256: string;
  size: number;
  createdAt: Date;
}

/** An update on its way into the log. */
export interface LogEntry {
  update: NewUpdate;
  stage: Stage;
  attempt: number;
}

/** A client id and the answer it got, so that re-sending it does nothing twice. */
export interface CommandRecord {
  userId: string;
  id: string;
  result: { session_id: string; run_id: string };
}

/**
 * Everything one transition writes. All of it happens in one commit, or, when the run is no longer as
 * `expected`, none of it.
 */
export interface RunCommit {
  /** The run as it was read. `leaseEpoch` fences writers whose lease was taken over. */
  expected: { runId: string; version: number; state: Run['state']; leaseEpoch?: number };
  run: Run;
  /** The part of `run.context` that this transition changed; other fields may move meanwhile and stay. */
  context: { set: Partial<Run['context']>; removed: string[] };
  /** True to give the lease back: nobody works on the new version yet. */
  releaseLease: boolean;
  entries: LogEntry[];
  dispatch: boolean;
  plan?: Plan;
  newApproval?: { card: ApprovalRequest };
  voidApprovals: boolean;
  decision?: ApprovalDecision;
  artifacts: NewArtifact[];
  command?: CommandRecord;
  audit?: { actor: string; action: string; details: Record<string, unknown> };
}

/** A new run, with its session when that is new too. */
export interface RunCreation {
  run: Run;
  /** Null when the session exists. */
  newSession: { id: string; userId: string } | null;
  /** How many runs of the user may be active, this one included; counted in the same transaction. */
  maxActiveRuns: number;
  entries: LogEntry[];
  command?: CommandRecord;
}

/** A session as lists show it. */
export interface SessionView {
  id: string;
  userId: string;
  createdAt: Date;
  updatedAt: Date;
  lastSeq: number;
  /** Events up to this one are no longer kept. */
  droppedSeq: number;
  repositoryUrl: string | null;
}

/** What a write came to. */
export interface Logged {
  /** The session's last number in the log. */
  lastSeq: number;
}

/** What a write came to that may ask for work. */
export interface Committed extends Logged {
  /** The message it left in the outbox, so that whoever wrote it can send it without reading it back. */
  outboxId: bigint | null;
}

/** A message in the outbox: a job that has to reach a queue. */
export interface OutboxMessage {
  id: bigint;
  job: StageJob;
}

/**
 * Where runs live. Implemented by libs/persistence on Postgres; each method is one transaction.
 * Methods that answer `null` or `false` changed nothing. All throw `StorageUnavailableError` when
 * the database does not answer.
 */
export interface RunStorage {
  /** Answers the last seq, or null when an active run holds the session, the client id was used, or the user has enough active runs. */
  createRun(creation: RunCreation): Promise<Committed | null>;
  commit(commit: RunCommit): Promise<Committed | null>;

  /** Takes the lease of a run that is at the job's version, if nobody holds it. Counts the attempt. */
  claim(job: StageJob, owner: string, leaseMs: number): Promise<Run | null>;
  /** Extends the lease; null when it was lost. */
  heartbeat(lease: Lease, leaseMs: number): Promise<{ cancelRequested: boolean } | null>;
  /** Gives the lease back and asks for the same work to be sent again. */
  release(lease: Lease): Promise<boolean>;
  /** Gives back all leases of owners that no longer exist (standalone, at boot). */
  releaseAllLeases(): Promise<number>;
  /** Appends to the log while the lease holds; null when it was lost. */
  append(lease: Lease, entries: LogEntry[]): Promise<{ lastSeq: number } | null>;
  /** Saves progress inside a stage, fenced by the lease: context fields, artifacts and log entries. */
  checkpoint(
    lease: Lease,
    progress: { context: Partial<Run['context']>; artifacts: NewArtifact[]; entries: LogEntry[] },
  ): Promise<{ lastSeq: number } | null>;
  /** Appends to a live run's log from outside a lease (steering, reminders); null when the run has ended. */
  note(
    runId: string,
    entries: LogEntry[],
    steering: string | null,
    command?: CommandRecord,
  ): Promise<{ lastSeq: number } | null>;
  /**
   * Appends to the log of a run, ended or not, what the world says of its change request, once for each key;
   * null when it was told before.
   */
  tellOnce(
    runId: string,
    subject: { changeRequestId: string; key: string },
    entries: LogEntry[],
  ): Promise<{ lastSeq: number } | null>;
  /** Writes the summary of an ended run once; null when it is there already or a lease is still live. */
  summarise(
    runId: string,
    entry: LogEntry,
    leaseEpoch: number | null,
  ): Promise<{ lastSeq: number } | null>;

  run(runId: string): Promise<Run | null>;
  activeRun(sessionId: string): Promise<Run | null>;
  latestRun(sessionId: string): Promise<Run | null>;
  /** The runs of a session, the latest first. */
  runs(sessionId: string, limit: number): Promise<Run[]>;
  countActiveRuns(userId: string): Promise<number>;
  session(sessionId: string): Promise<SessionView | null>;
  sessions(userId: string | null, limit: number): Promise<SessionView[]>;
  lastSeqs(sessionIds: string[]): Promise<Map<string, number>>;
  events(sessionId: string, after: number, limit: number): Promise<AgentUpdate[]>;
  approval(
    by: { approvalId: string } | { planId: string; kind?: string },
  ): Promise<Approval | null>;
  pendingApproval(runId: string): Promise<Approval | null>;
  approvals(
    userId: string | null,
    status: ApprovalStatus | null,
    limit: number,
  ): Promise<Approval[]>;
  plan(planId: string): Promise<{ runId: string; plan: Plan } | null>;
  artifact(runId: string, kind: NewArtifact['kind']): Promise<Artifact | null>;
  commandResult(userId: string, id: string): Promise<CommandRecord['result'] | null>;

  outbox(olderThanMs: number, limit: number, runId?: string): Promise<OutboxMessage[]>;
  deleteOutbox(ids: readonly bigint[]): Promise<void>;
  /** Stages with a run whose work was sent longer ago than `sentMs` and that nobody claimed. */
  unclaimedStages(sentMs: number): Promise<Stage[]>;
  /**
   * Asks again for the work of runs in a stage that nobody is at: their lease is over, or they were
   * sent longer ago than `lostMs` (in the stages of `emptied`: than its own) and never claimed.
   */
  redispatchStale(lostMs: number, emptied?: { stages: Stage[]; lostMs: number }): Promise<number>;
  expiredApprovals(limit: number): Promise<Approval[]>;
  remindableApprovals(limit: number): Promise<Approval[]>;
  countReminder(approvalId: string, reminders: number): Promise<boolean>;
  unsummarisedRuns(limit: number): Promise<Run[]>;
  liveRunIds(): Promise<string[]>;
  dropEventsBefore(date: Date): Promise<number>;
  /** Runs `work` in at most one process at a time; false when another one is at it. */
  asLeader(work: () => Promise<void>): Promise<boolean>;
  ping(): Promise<void>;
}
