import type { StageJob } from '@hil/contracts';
import type { Lease, LogEntry, Logged, NewArtifact, Run } from '@hil/workflow';
import type pg from 'pg';
import { toJsonb } from './json.js';
import { type RunRow, runOf } from './rows.js';
import { artifacts, holding } from './statement-parts.js';
import { Statement, execute, logging } from './statement.js';

/** What a worker writes under its lease, and the lease itself. */
export class LeaseWrites {
  constructor(
    private readonly pool: pg.Pool,
    private readonly redact: (text: string) => string,
  ) {}

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
    return execute(this.pool, s, [holding(s, lease), logging(s, 'held', entries, this.redact)]);
  }

  async checkpoint(
    lease: Lease,
    progress: { context: Partial<Run['context']>; artifacts: NewArtifact[]; entries: LogEntry[] },
  ): Promise<Logged | null> {
    const s = new Statement();
    return execute(this.pool, s, [
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
}
