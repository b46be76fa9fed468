import { randomUUID } from 'node:crypto';
import { HilError } from '@hil/contracts';
import type {
  ChangeRequest,
  ChangeRequestUpdate,
  EffectLedger,
  IntendedEffect,
  RecordedEffect,
  WantedChangeRequest,
} from '@hil/workflow';
import type { Database } from '../database/database.js';

type EffectRow = RecordedEffect;

interface ChangeRequestRow {
  id: string;
  run_id: string;
  last_run_id: string | null;
  session_id: string | null;
  repository: string;
  fork_url: string | null;
  base_branch: string;
  branch: string;
  head_sha: string | null;
  pr_number: number | null;
  pr_url: string | null;
  state: ChangeRequest['state'];
}

/** Change requests and effects as rows: unique keys make two workers at one effect see the same row. */
export class PostgresEffectLedger implements EffectLedger {
  constructor(private readonly database: Database) {}

  async changeRequest(wanted: WantedChangeRequest): Promise<ChangeRequest> {
    const { runId, sessionId } = wanted;
    const known = await this.#known(wanted);
    if (known !== undefined) {
      const [row] = await this.#rows(
        // A branch that another request went on with is no longer that of the first one alone.
        `UPDATE change_request SET last_run_id = $2::uuid, session_id = $3::uuid, updated_at = now(),
                request_key = CASE WHEN $4::boolean THEN NULL ELSE request_key END
          WHERE id = $1::uuid RETURNING *`,
        [known, runId, sessionId, wanted.id !== undefined],
      );
      if (row !== undefined) return row;
    }
    const [created] = await this.#rows(
      `INSERT INTO change_request (id, run_id, last_run_id, session_id, request_key, repository, base_branch, branch)
       VALUES ($1::uuid, $2::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7)
       ON CONFLICT (run_id) DO UPDATE SET updated_at = now()
       RETURNING *`,
      [
        randomUUID(),
        runId,
        sessionId,
        wanted.requestKey,
        wanted.repository,
        wanted.baseBranch,
        wanted.branch,
      ],
    );
    if (created === undefined) throw new HilError('internal_error', 'no change request was made');
    return created;
  }

  async update(changeRequestId: string, change: ChangeRequestUpdate): Promise<void> {
    const columns: Record<keyof ChangeRequestUpdate, string> = {
      forkUrl: 'fork_url',
      headSha: 'head_sha',
      prNumber: 'pr_number',
      prUrl: 'pr_url',
      state: 'state',
    };
    const values: unknown[] = [changeRequestId];
    const sets = Object.entries(change).map(([key, value]) => {
      values.push(value);
      return `${columns[key as keyof ChangeRequestUpdate]} = $${values.length}`;
    });
    await this.database.pool.query(
      `UPDATE change_request SET ${[...sets, 'updated_at = now()'].join(', ')} WHERE id = $1::uuid`,
      values,
    );
  }

  async begin({ changeRequestId, kind, headSha }: IntendedEffect): Promise<RecordedEffect> {
    const key = `${changeRequestId}:${kind}:${headSha}`;
    const { rows } = await this.database.pool.query<EffectRow>(
      `INSERT INTO effect (id, key, change_request_id, kind, status) VALUES ($1::uuid, $2, $3::uuid, $4, 'intended')
       ON CONFLICT (key) DO UPDATE SET updated_at = now()
       RETURNING key, status, result`,
      [randomUUID(), key, changeRequestId, kind],
    );
    return rows[0] ?? { key, status: 'intended', result: null };
  }

  async revision(changeRequestId: string, headSha: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ key: string }>(
      `SELECT key FROM effect WHERE change_request_id = $1::uuid AND kind = 'push' AND status <> 'refused'
        ORDER BY created_at, id`,
      [changeRequestId],
    );
    const at = rows.findIndex(({ key }) => key.endsWith(`:${headSha}`));
    return (at < 0 ? rows.length : at) + 1;
  }

  async finish(
    key: string,
    status: 'done' | 'refused',
    result: Record<string, unknown>,
  ): Promise<void> {
    await this.database.pool.query(
      'UPDATE effect SET status = $2, result = $3::jsonb, updated_at = now() WHERE key = $1',
      [key, status, JSON.stringify(result)],
    );
  }

  async ofBranch(repository: string, branch: string): Promise<ChangeRequest | null> {
    const [row] = await this.#rows(
      `SELECT * FROM change_request
        WHERE (repository = $1 OR fork_url = $1) AND branch = $2 AND state = 'open' AND pr_number IS NOT NULL`,
      [repository, branch],
    );
    return row ?? null;
  }

  due(everySeconds: number, limit: number): Promise<ChangeRequest[]> {
    // updated_at tells when a row was written or looked at last; the epoch, that somebody asked for a look.
    return this.#rows(
      `UPDATE change_request SET updated_at = now() WHERE id IN (
         SELECT id FROM change_request
          WHERE state = 'open' AND pr_number IS NOT NULL
            AND (updated_at = 'epoch' OR ($1::int > 0 AND updated_at < now() - $1::int * interval '1 s'))
          ORDER BY updated_at LIMIT $2::int FOR UPDATE SKIP LOCKED)
       RETURNING *`,
      [everySeconds, limit],
    );
  }

  async askForLook(repositoryPage: string): Promise<number> {
    const { rowCount } = await this.database.pool.query(
      `UPDATE change_request SET updated_at = 'epoch'
        WHERE state = 'open' AND pr_number IS NOT NULL
          AND regexp_replace(lower(repository), '[.]git$', '') = lower($1)`,
      [repositoryPage],
    );
    return rowCount ?? 0;
  }

  /** The id of the change request this run goes on with, if there is one. */
  async #known({ id, runId, requestKey, repository, baseBranch }: WantedChangeRequest) {
    if (id !== undefined) return id;
    const { rows } = await this.database.pool.query<{ id: string }>(
      `SELECT id FROM change_request
        WHERE run_id = $1::uuid OR (last_run_id = $1::uuid AND state = 'open')
           OR (request_key = $2 AND repository = $3 AND base_branch = $4
               AND state = 'open' AND pr_number IS NOT NULL)
        ORDER BY (run_id = $1::uuid OR last_run_id = $1::uuid) DESC, created_at DESC LIMIT 1`,
      [runId, requestKey, repository, baseBranch],
    );
    return rows[0]?.id;
  }

  async #rows(text: string, values: unknown[]): Promise<ChangeRequest[]> {
    const { rows } = await this.database.pool.query<ChangeRequestRow>(text, values);
    return rows.map(
      ({ run_id, last_run_id, session_id, fork_url, base_branch, head_sha, ...row }) =>
        changeRequestOf({
          ...row,
          runId: run_id,
          lastRunId: last_run_id,
          sessionId: session_id,
          forkUrl: fork_url,
          baseBranch: base_branch,
          headSha: head_sha,
          prNumber: row.pr_number,
          prUrl: row.pr_url,
        }),
    );
  }
}

type NullableRun = Omit<ChangeRequest, 'lastRunId' | 'sessionId' | 'state'> & {
  lastRunId: string | null;
  sessionId: string | null;
  state: string;
};

/** A row as the domain has it; rows from before sessions were kept belong to their first run. */
export function changeRequestOf(row: NullableRun): ChangeRequest {
  return {
    id: row.id,
    runId: row.runId,
    lastRunId: row.lastRunId ?? row.runId,
    sessionId: row.sessionId ?? '',
    repository: row.repository,
    forkUrl: row.forkUrl,
    baseBranch: row.baseBranch,
    branch: row.branch,
    headSha: row.headSha,
    prNumber: row.prNumber,
    prUrl: row.prUrl,
    state: row.state as ChangeRequest['state'],
  };
}
