import { randomUUID } from 'node:crypto';
import type { MemoryEntry, ProjectMemory } from '@hil/language-models';
import type { Database } from '../database/database.js';

const COLUMNS = `id, repository, user_id AS "userId", run_id AS "runId", kind, text, created_at AS "createdAt"`;

/** Memory of repositories as rows. */
export class PostgresProjectMemory implements ProjectMemory {
  /** @param redact masks secrets in what people and tests said */
  constructor(
    private readonly database: Database,
    private readonly redact: (text: string) => string,
  ) {}

  async remember({
    repository,
    userId,
    runId,
    kind,
    text,
  }: Omit<MemoryEntry, 'id' | 'createdAt'>): Promise<void> {
    // The same thing of the same run is remembered once, however often its stage was begun.
    await this.database.pool.query(
      `INSERT INTO memory (id, repository, user_id, run_id, kind, text)
       SELECT $1::uuid, $2::text, $3::text, $4::uuid, $5::text, $6::text
       WHERE NOT EXISTS (SELECT 1 FROM memory WHERE run_id = $4::uuid AND kind = $5::text AND text = $6::text)`,
      [randomUUID(), repository, userId, runId, kind, this.redact(text).replaceAll('\0', '')],
    );
  }

  recall(repository: string, limit: number): Promise<MemoryEntry[]> {
    return this.list(null, repository, limit);
  }

  async list(
    userId: string | null,
    repository: string | null,
    limit: number,
  ): Promise<MemoryEntry[]> {
    const { rows } = await this.database.pool.query<MemoryEntry>(
      `SELECT ${COLUMNS} FROM memory
       WHERE ($1::text IS NULL OR user_id = $1) AND ($2::text IS NULL OR repository = $2)
       ORDER BY created_at DESC, id LIMIT $3`,
      [userId, repository, limit],
    );
    return rows;
  }

  async entry(id: string): Promise<MemoryEntry | null> {
    const { rows } = await this.database.pool.query<MemoryEntry>(
      `SELECT ${COLUMNS} FROM memory WHERE id = $1::uuid`,
      [id],
    );
    return rows[0] ?? null;
  }

  async forget(id: string): Promise<boolean> {
    const { rowCount } = await this.database.pool.query('DELETE FROM memory WHERE id = $1::uuid', [
      id,
    ]);
    return (rowCount ?? 0) > 0;
  }
}
