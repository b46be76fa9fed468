import { randomUUID } from 'node:crypto';
import type { EffectLedger, IntendedEffect, RecordedEffect } from '@hil/workflow';
import type { Database } from '../database/database.js';

interface EffectRow {
  key: string;
  status: RecordedEffect['status'];
  result: Record<string, unknown> | null;
}

/** Effects as rows: the unique key makes two workers at one effect see the same row. */
export class PostgresEffectLedger implements EffectLedger {
  constructor(private readonly database: Database) {}

  async begin(effect: IntendedEffect): Promise<RecordedEffect> {
    const { pool } = this.database;
    const { rows } = await pool.query<{ id: string }>(
      `INSERT INTO change_request (id, run_id, repository, base_branch, branch, head_sha)
       VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6)
       ON CONFLICT (run_id) DO UPDATE SET branch = excluded.branch, head_sha = excluded.head_sha, updated_at = now()
       RETURNING id`,
      [
        randomUUID(),
        effect.runId,
        effect.repository,
        effect.baseBranch,
        effect.branch,
        effect.headSha,
      ],
    );
    const changeRequestId = rows[0]?.id ?? '';
    const key = `${changeRequestId}:${effect.kind}:${effect.headSha}`;
    const recorded = await pool.query<EffectRow>(
      `INSERT INTO effect (id, key, change_request_id, kind, status) VALUES ($1::uuid, $2, $3::uuid, $4, 'intended')
       ON CONFLICT (key) DO UPDATE SET updated_at = now()
       RETURNING key, status, result`,
      [randomUUID(), key, changeRequestId, effect.kind],
    );
    return recorded.rows[0] ?? { key, status: 'intended', result: null };
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
}
