import type { FileFacts, GraphCache, GraphCacheEntry } from '@hil/knowledge-graph';
import type { Database } from '../database/database.js';
import { toJsonb } from '../run-storage/json.js';

/** Entries a statement carries at most; keeps single statements small. */
const BATCH = 200;

/** What the extractor found, by content, shared by all workers on this database. */
export class PostgresGraphCache implements GraphCache {
  constructor(private readonly database: Database) {}

  async getMany(keys: readonly string[]): Promise<Map<string, FileFacts>> {
    const found = new Map<string, FileFacts>();
    for (let start = 0; start < keys.length; start += BATCH) {
      const { rows } = await this.database.pool.query<{ key: string; facts: FileFacts }>(
        'SELECT key, facts FROM graph_cache WHERE key = ANY($1::text[])',
        [keys.slice(start, start + BATCH)],
      );
      for (const { key, facts } of rows) found.set(key, facts);
    }
    return found;
  }

  async putMany(entries: readonly GraphCacheEntry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += BATCH) {
      const batch = entries.slice(start, start + BATCH);
      await this.database.pool.query(
        `INSERT INTO graph_cache (key, facts) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT (key) DO NOTHING`,
        [batch.map(({ key }) => key), batch.map(({ facts }) => jsonOf(facts))],
      );
    }
  }

  async getCalls(key: string): Promise<string | null> {
    const { rows } = await this.database.pool.query<{ facts: { packed: string } }>(
      'SELECT facts FROM graph_cache WHERE key = $1',
      [key],
    );
    return rows[0]?.facts.packed ?? null;
  }

  async putCalls(key: string, packed: string): Promise<void> {
    await this.database.pool.query(
      'INSERT INTO graph_cache (key, facts) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING',
      [key, { packed }],
    );
  }
}

/** Most facts hold nothing that jsonb refuses, and looking at every value takes ten times as long. */
function jsonOf(facts: FileFacts): string {
  const json = JSON.stringify(facts);
  return /\\u(?:0000|d[89a-f])/.test(json) ? toJsonb(facts) : json;
}
