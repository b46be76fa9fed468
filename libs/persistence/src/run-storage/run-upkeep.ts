import { FINAL_STATES, STAGES, type Stage } from '@hil/contracts';
import type { OutboxMessage } from '@hil/workflow';
import type pg from 'pg';
import { inTransaction } from './transaction.js';

/** Any constant; names the reconciler's leadership among all advisory locks. */
const LEADER_LOCK = 4_845_311;
/** A round takes milliseconds; with a database under load, seconds. */
const LEADER_IDLE_MS = 120_000;

/** What the reconciler asks for and puts right. */
export class RunUpkeep {
  constructor(private readonly pool: pg.Pool) {}

  /** With `olderThanMs` 0 all of it: times are rounded to ms, so a row just written can lie ahead of the clock. */
  async outbox(olderThanMs: number, limit: number, runId?: string): Promise<OutboxMessage[]> {
    const { rows } = await this.pool.query<{
      id: string;
      run_id: string;
      stage: Stage;
      version: number;
    }>(
      `SELECT id, run_id, stage, version FROM outbox
       WHERE ($1::int = 0 OR created_at <= now() - $1::int * interval '1 ms') AND ($3::uuid IS NULL OR run_id = $3::uuid)
       ORDER BY id LIMIT $2::int`,
      [olderThanMs, limit, runId ?? null],
    );
    return rows.map(({ id, run_id, stage, version }) => ({
      id: BigInt(id),
      job: { runId: run_id, stage, version },
    }));
  }

  async deleteOutbox(ids: readonly bigint[]): Promise<void> {
    await this.pool.query('DELETE FROM outbox WHERE id = ANY($1::bigint[])', [ids.map(String)]);
  }

  async unclaimedStages(sentMs: number): Promise<Stage[]> {
    const { rows } = await this.pool.query<{ state: Stage }>(
      `SELECT DISTINCT state FROM run
       WHERE active_session_id IS NOT NULL AND state = ANY($1::text[])
         AND lease_until IS NULL AND dispatched_at < now() - $2::int * interval '1 ms'`,
      [STAGES, sentMs],
    );
    return rows.map(({ state }) => state);
  }

  /**
   * Two cases: the worker died (its lease ran out), or the queue lost the job (nobody claimed it for
   * `lostMs`). Both get a new dispatch; a job too many finds the lease taken and does nothing.
   */
  async redispatchStale(
    lostMs: number,
    emptied: { stages: Stage[]; lostMs: number } = { stages: [], lostMs },
  ): Promise<number> {
    const { rowCount } = await this.pool.query(
      `WITH stale AS (
         UPDATE run SET lease_until = NULL, lease_owner = NULL, dispatched_at = now()
         WHERE active_session_id IS NOT NULL AND state = ANY($1::text[])
           AND (lease_until < now() OR (lease_until IS NULL AND dispatched_at < now() -
             (CASE WHEN state = ANY($3::text[]) THEN $4::int ELSE $2::int END) * interval '1 ms'))
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.run_id = run.id)
         RETURNING id, stage, version
       ) INSERT INTO outbox (run_id, stage, version, created_at) SELECT id, stage, version, now() - interval '1 minute' FROM stale`,
      [STAGES, lostMs, emptied.stages, emptied.lostMs],
    );
    return rowCount ?? 0;
  }

  async releaseAllLeases(): Promise<number> {
    const { rowCount } = await this.pool.query(
      `UPDATE run SET lease_until = now() - interval '1 ms' WHERE lease_until IS NOT NULL`,
    );
    return rowCount ?? 0;
  }

  async countReminder(approvalId: string, reminders: number): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE approval SET reminders = reminders + 1 WHERE id = $1::uuid AND reminders = $2::int AND status = 'pending'`,
      [approvalId, reminders],
    );
    return rowCount === 1;
  }

  async dropEventsBefore(date: Date): Promise<number> {
    // Only of ended runs: a live run's client may still need all of it.
    const { rowCount } = await this.pool.query(
      `WITH droppable AS (
         SELECT event.session_id, max(event.seq) AS seq FROM event
         JOIN session ON session.id = event.session_id
         WHERE event.created_at < $1::timestamptz
           AND NOT EXISTS (SELECT 1 FROM run WHERE run.active_session_id = event.session_id)
         GROUP BY event.session_id
       ), marked AS (
         UPDATE session SET dropped_seq = greatest(dropped_seq, droppable.seq) FROM droppable WHERE session.id = droppable.session_id
       )
       DELETE FROM event USING droppable WHERE event.session_id = droppable.session_id AND event.seq <= droppable.seq`,
      [date],
    );
    return rowCount ?? 0;
  }

  /**
   * The lock lives in a transaction, so a leader that dies gives it up with its connection; one whose host
   * has vanished, which nobody is told, after a while.
   */
  asLeader(work: () => Promise<void>): Promise<boolean> {
    return inTransaction(this.pool, async (client) => {
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${LEADER_IDLE_MS}`);
      const { rows } = await client.query<{ led: boolean }>(
        'SELECT pg_try_advisory_xact_lock($1) AS led',
        [LEADER_LOCK],
      );
      const led = rows[0]?.led === true;
      if (led) await work();
      return led;
    });
  }

  async unsummarisedRunIds(limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM run WHERE NOT summarised AND ended_at IS NOT NULL AND state = ANY($2::text[])
         AND (lease_until IS NULL OR lease_until < now()) LIMIT $1::int`,
      [limit, FINAL_STATES],
    );
    return rows.map(({ id }) => id);
  }

  async remindableApprovalIds(limit: number): Promise<string[]> {
    // The first at half-time, the second when a tenth of the time is left.
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM approval WHERE status = 'pending' AND expires_at > now() AND (
         (reminders = 0 AND now() > created_at + (expires_at - created_at) / 2) OR
         (reminders = 1 AND now() > expires_at - (expires_at - created_at) / 10)
       ) LIMIT $1::int`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }
}
