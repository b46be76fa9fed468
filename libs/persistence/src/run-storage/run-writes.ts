import { randomUUID } from 'node:crypto';
import { createHash } from 'node:crypto';
import { type StageJob, isFinal } from '@hil/contracts';
import type {
  ApprovalDecision,
  CommandRecord,
  Committed,
  Lease,
  LogEntry,
  Logged,
  NewArtifact,
  Run,
  RunCommit,
  RunCreation,
} from '@hil/workflow';
import type pg from 'pg';
import { toJsonb } from './json.js';
import { inTransaction } from './transaction.js';
import { type RunRow, runOf } from './rows.js';
import { Statement, isUniqueViolation, logging, prepared } from './statement.js';

type Queryable = pg.Pool | pg.PoolClient;

/** The writes that move runs: each is one statement, so it happens whole or not at all. */
export class RunWrites {
  constructor(
    private readonly pool: pg.Pool,
    private readonly redact: (text: string) => string,
  ) {}

  /** The run with its first events and, when new, its session, in one transaction. */
  createRun(creation: RunCreation): Promise<Committed | null> {
    const { newSession, run, maxActiveRuns } = creation;
    return inTransaction(
      this.pool,
      async (client) => {
        // One start of a person at a time, or several would count the same active runs.
        await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [run.userId]);
        const { rows } = await client.query<{ active: number }>(
          'SELECT count(*)::int AS active FROM run WHERE user_id = $1 AND ended_at IS NULL',
          [run.userId],
        );
        if ((rows[0]?.active ?? 0) >= maxActiveRuns) return null;
        if (newSession !== null) {
          const opened = await client.query(
            'INSERT INTO session (id, user_id) VALUES ($1::uuid, $2) ON CONFLICT DO NOTHING',
            [newSession.id, newSession.userId],
          );
          if (opened.rowCount !== 1) return null;
        }
        return this.insertRun(creation, client);
      },
      (logged) => logged !== null,
    );
  }

  private insertRun(
    { run, entries, command }: RunCreation,
    client: Queryable,
  ): Promise<Committed | null> {
    const s = new Statement();
    const session = s.bind(run.sessionId);
    return this.execute(
      s,
      [
        `moved AS (
        INSERT INTO run (id, session_id, active_session_id, user_id, state, stage, version, request, context, dispatched_at)
        VALUES (${s.bind(run.id)}::uuid, ${session}::uuid, ${session}::uuid, ${s.bind(run.userId)}, ${s.bind(run.state)}, ${s.bind(run.stage)},
               ${s.bind(run.version)}::int, ${s.bind(toJsonb(run.request, this.redact))}::jsonb, ${s.bind(toJsonb(run.context, this.redact))}::jsonb, now())
        RETURNING id, session_id
      )`,
        dispatching(s, 'moved', run),
        ...recording(s, 'moved', command),
        logging(
          s,
          'moved',
          entries,
          this.redact,
          `, repository_url = coalesce(${s.bind(run.request.repo_url ?? null)}, repository_url)`,
        ),
      ],
      { dispatches: true, client },
    );
  }

  async commit(commit: RunCommit): Promise<Committed | null> {
    const { run, expected } = commit;
    const s = new Statement();
    const ended = isFinal(run.state);
    const parts = [
      `moved AS (
        UPDATE run SET
          state = ${s.bind(run.state)}, stage = ${s.bind(run.stage)}, version = ${s.bind(run.version)}::int,
          attempt = ${s.bind(run.attempt)}::int, outcome = ${s.bind(run.outcome)}, cancel_requested = ${s.bind(run.cancelRequested)}::bool,
          -- Only what the transition changed: steering and progress stored since the run was read stay.
          context = (context - ${s.bind(commit.context.removed)}::text[]) || ${s.bind(toJsonb(commit.context.set, this.redact))}::jsonb,
          updated_at = now()
          ${commit.releaseLease ? ', lease_until = NULL, lease_owner = NULL' : ''}
          ${commit.dispatch ? ', dispatched_at = now()' : ''}
          ${ended ? ', ended_at = now(), active_session_id = NULL' : ''}
        WHERE id = ${s.bind(expected.runId)}::uuid AND version = ${s.bind(expected.version)}::int AND state = ${s.bind(expected.state)}
          ${expected.leaseEpoch === undefined ? '' : `AND lease_epoch = ${s.bind(expected.leaseEpoch)}::int`}
          ${commit.decision === undefined ? '' : stillPending(s, commit.decision)}
        RETURNING id, session_id
      )`,
      ...this.approvals(s, commit),
      ...(commit.dispatch ? [dispatching(s, 'moved', run)] : []),
      ...recording(s, 'moved', commit.command),
      ...artifacts(s, 'moved', commit.artifacts),
    ];
    if (commit.audit !== undefined) {
      const { actor, action, details } = commit.audit;
      parts.push(`audited AS (
        INSERT INTO audit_entry (actor, action, run_id, details)
        SELECT ${s.bind(actor)}, ${s.bind(action)}, moved.id, ${s.bind(toJsonb(details, this.redact))}::jsonb FROM moved
      )`);
    }
    parts.push(logging(s, 'moved', commit.entries, this.redact));
    return this.execute(s, parts, { dispatches: commit.dispatch });
  }

  private approvals(
    s: Statement,
    { plan, newApproval, voidApprovals, decision }: RunCommit,
  ): string[] {
    const parts: string[] = [];
    if (decision !== undefined) {
      parts.push(`decided AS (
        UPDATE approval SET status = ${s.bind(decision.status)}, decided_by = ${s.bind(decision.decidedBy)}, decided_at = now(),
               reason = ${s.bind(decision.reason === null ? null : this.redact(decision.reason))},
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

  /**
   * Answers the run as it is with the lease, in one journey: a stage can't begin before. It does not wait
   * for the disk. A claim that a crash of the server takes back was made by nobody else yet, and the next
   * claim has another epoch, so what its worker still writes changes nothing; what the stage writes in the
   * meantime makes the claim durable too, as the log is flushed in order.
   */
  async claim(job: StageJob, owner: string, leaseMs: number): Promise<Run | null> {
    const { rows } = await this.pool.query<RunRow>({
      name: 'run_claim',
      text: `UPDATE run SET lease_epoch = lease_epoch % 1000000000 + 1 + floor(random() * 1000000000)::int,
         lease_until = now() + $5::int * interval '1 ms', lease_owner = $4, attempt = attempt + 1
       WHERE id = $1::uuid AND version = $2::int AND state = $3 AND (lease_until IS NULL OR lease_until < now())
       RETURNING *, set_config('synchronous_commit', 'off', true)`,
      values: [job.runId, job.version, job.stage, owner, leaseMs],
    });
    return rows[0] === undefined ? null : runOf(rows[0]);
  }

  async heartbeat(lease: Lease, leaseMs: number): Promise<{ cancelRequested: boolean } | null> {
    const { rows } = await this.pool.query<{ cancel_requested: boolean }>(
      `UPDATE run SET lease_until = now() + $4::int * interval '1 ms'
       WHERE id = $1::uuid AND version = $2::int AND lease_epoch = $3::int AND lease_until IS NOT NULL
       RETURNING cancel_requested`,
      [lease.runId, lease.version, lease.epoch, leaseMs],
    );
    return rows[0] === undefined ? null : { cancelRequested: rows[0].cancel_requested };
  }

  /** A stage that was stopped for a shutdown did nothing wrong: the attempt does not count. */
  async release(lease: Lease): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `WITH freed AS (
         UPDATE run SET lease_until = NULL, lease_owner = NULL, attempt = greatest(attempt - 1, 0), dispatched_at = now()
         WHERE id = $1::uuid AND version = $2::int AND lease_epoch = $3::int AND active_session_id IS NOT NULL
           -- Once: asked again because the answer was lost, it must not count or send twice.
           AND lease_until IS NOT NULL
         RETURNING id, stage, version
       ) INSERT INTO outbox (run_id, stage, version) SELECT id, stage, version FROM freed`,
      [lease.runId, lease.version, lease.epoch],
    );
    return rowCount === 1;
  }

  async append(lease: Lease, entries: LogEntry[]): Promise<Logged | null> {
    const s = new Statement();
    return this.execute(s, [holding(s, lease), logging(s, 'held', entries, this.redact)]);
  }

  async checkpoint(
    lease: Lease,
    progress: { context: Partial<Run['context']>; artifacts: NewArtifact[]; entries: LogEntry[] },
  ): Promise<Logged | null> {
    const s = new Statement();
    return this.execute(s, [
      `held AS (
        UPDATE run SET context = context || ${s.bind(toJsonb(progress.context, this.redact))}::jsonb, updated_at = now()
        WHERE id = ${s.bind(lease.runId)}::uuid AND version = ${s.bind(lease.version)}::int AND lease_epoch = ${s.bind(lease.epoch)}::int
          AND active_session_id IS NOT NULL
        RETURNING id, session_id
      )`,
      ...artifacts(s, 'held', progress.artifacts),
      logging(s, 'held', progress.entries, this.redact),
    ]);
  }

  async note(
    runId: string,
    entries: LogEntry[],
    steering: string | null,
    command: CommandRecord | undefined,
  ): Promise<Logged | null> {
    const s = new Statement();
    const more = s.bind(toJsonb(steering === null ? [] : [steering], this.redact));
    return this.execute(s, [
      `live AS (
        UPDATE run SET context = CASE WHEN jsonb_array_length(${more}::jsonb) = 0 THEN context
          ELSE context || jsonb_build_object('steering', coalesce(context->'steering', '[]'::jsonb) || ${more}::jsonb) END
        WHERE id = ${s.bind(runId)}::uuid AND active_session_id IS NOT NULL
        RETURNING id, session_id
      )`,
      ...recording(s, 'live', command),
      logging(s, 'live', entries, this.redact),
    ]);
  }

  async tellOnce(
    runId: string,
    { changeRequestId, key }: { changeRequestId: string; key: string },
    entries: LogEntry[],
  ): Promise<Logged | null> {
    const s = new Statement();
    return this.execute(s, [
      `marked AS (
        INSERT INTO effect (id, key, change_request_id, kind, status)
        VALUES (${s.bind(randomUUID())}::uuid, ${s.bind(`${changeRequestId}:told:${key}`)}, ${s.bind(changeRequestId)}::uuid, 'told', 'done')
        ON CONFLICT (key) DO NOTHING RETURNING id
      )`,
      `told AS (SELECT run.id, run.session_id FROM run, marked WHERE run.id = ${s.bind(runId)}::uuid)`,
      logging(s, 'told', entries, this.redact),
    ]);
  }

  async summarise(
    runId: string,
    entry: LogEntry,
    leaseEpoch: number | null,
  ): Promise<Logged | null> {
    const s = new Statement();
    return this.execute(s, [
      `ended AS (
        UPDATE run SET summarised = true, lease_until = NULL, lease_owner = NULL
        WHERE id = ${s.bind(runId)}::uuid AND NOT summarised AND ended_at IS NOT NULL
          AND (lease_until IS NULL OR lease_until < now() OR lease_epoch = ${s.bind(leaseEpoch)}::int)
        RETURNING id, session_id
      )`,
      logging(s, 'ended', [entry], this.redact),
    ]);
  }

  /** Null when the statement's guard was empty, or somebody else was first with a unique key. */
  private async execute(
    s: Statement,
    parts: string[],
    { dispatches = false, client = this.pool as Queryable } = {},
  ): Promise<Committed | null> {
    const outboxId = dispatches ? '(SELECT id FROM dispatched)' : 'NULL::bigint';
    const text = `WITH ${parts.join(',\n')} SELECT last_seq, ${outboxId} AS outbox_id FROM numbered`;
    try {
      const { rows } = await client.query<{ last_seq: number; outbox_id: string | null }>(
        prepared(text, s.values),
      );
      const row = rows[0];
      if (row === undefined) return null;
      return {
        lastSeq: row.last_seq,
        outboxId: row.outbox_id === null ? null : BigInt(row.outbox_id),
      };
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }
}

/** The decision is on what the run waits for: not on an approval that was decided or voided meanwhile. */
function stillPending(s: Statement, { approvalId }: ApprovalDecision): string {
  return `AND EXISTS (SELECT 1 FROM approval WHERE id = ${s.bind(approvalId)}::uuid AND run_id = run.id AND status = 'pending')`;
}

/** A worker may log the clean-up of a cancelled run, but nothing comes after the summary. */
function holding(s: Statement, lease: Lease): string {
  return `held AS (
    SELECT id, session_id FROM run
    WHERE id = ${s.bind(lease.runId)}::uuid AND version = ${s.bind(lease.version)}::int AND lease_epoch = ${s.bind(lease.epoch)}::int
      AND NOT summarised
    FOR SHARE
  )`;
}

function dispatching(s: Statement, guard: string, run: Run): string {
  return `dispatched AS (
    INSERT INTO outbox (run_id, stage, version)
    SELECT ${guard}.id, ${s.bind(run.stage)}, ${s.bind(run.version)}::int FROM ${guard}
    RETURNING id
  )`;
}

function recording(s: Statement, guard: string, command: CommandRecord | undefined): string[] {
  if (command === undefined) return [];
  return [
    `recorded AS (
      INSERT INTO client_command (user_id, id, result)
      SELECT ${s.bind(command.userId)}, ${s.bind(command.id)}, ${s.bind(JSON.stringify(command.result))}::jsonb FROM ${guard}
    )`,
  ];
}

function artifacts(s: Statement, guard: string, list: NewArtifact[]): string[] {
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
