import { randomUUID } from 'node:crypto';
import { isFinal } from '@hil/contracts';
import type {
  CommandRecord,
  Committed,
  LogEntry,
  Logged,
  RunCommit,
  RunCreation,
} from '@hil/workflow';
import type pg from 'pg';
import { toJsonb } from './json.js';
import {
  dispatching,
  recording,
  artifacts,
  settlingApprovals,
  stillPending,
} from './statement-parts.js';
import { type Queryable, Statement, execute, logging } from './statement.js';
import { inTransaction } from './transaction.js';

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
    return execute(
      client,
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
      { dispatches: true },
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
      ...settlingApprovals(s, commit, this.redact),
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
    return execute(this.pool, s, parts, { dispatches: commit.dispatch });
  }

  async note(
    runId: string,
    entries: LogEntry[],
    steering: string | null,
    command: CommandRecord | undefined,
  ): Promise<Logged | null> {
    const s = new Statement();
    const more = s.bind(toJsonb(steering === null ? [] : [steering], this.redact));
    return execute(this.pool, s, [
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
    return execute(this.pool, s, [
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
    return execute(this.pool, s, [
      `ended AS (
        UPDATE run SET summarised = true, lease_until = NULL, lease_owner = NULL
        WHERE id = ${s.bind(runId)}::uuid AND NOT summarised AND ended_at IS NOT NULL
          AND (lease_until IS NULL OR lease_until < now() OR lease_epoch = ${s.bind(leaseEpoch)}::int)
        RETURNING id, session_id
      )`,
      logging(s, 'ended', [entry], this.redact),
    ]);
  }
}
