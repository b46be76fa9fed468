import type { FileFacts, GraphCache, GraphCacheEntry, PackedCalls } from '@hil/knowledge-graph';
import type { Database } from '../database/database.js';
import { toJsonb } from '../run-storage/json.js';

/** Entries a statement carries at most; keeps single statements small. */
const BATCH = 200;
/** Keys alone are small. */
const KEYS = 5_000;

/**
 * Reads entries and marks them as used, once a day at most. Rows that another worker marks at that moment
 * are passed over: waiting for them in another order than theirs would be a deadlock.
 */
const READ = `WITH used AS (
    UPDATE graph_cache SET used_at = now() WHERE key IN (
      SELECT key FROM graph_cache WHERE key = ANY($1::text[]) AND used_at < now() - interval '1 day'
      FOR UPDATE SKIP LOCKED
    )
  ) SELECT key, facts FROM graph_cache WHERE key = ANY($1::text[])`;

interface Row<T> {
  key: string;
  facts: T;
}

/** Entries dropped at a time: a clean-up must not hold up the reconciler for long. */
const MAX_DROPPED = 20_000;

/** What the extractor found, by content, shared by all workers on this database. */
export class PostgresGraphCache implements GraphCache {
  constructor(private readonly database: Database) {}

  async known(keys: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let start = 0; start < keys.length; start += KEYS) {
      const batch = keys.slice(start, start + KEYS);
      const { rows } = await this.database.pool.query<{ key: string }>(
        'SELECT key FROM graph_cache WHERE key = ANY($1::text[])',
        [batch],
      );
      for (const { key } of rows) found.add(key);
    }
    return found;
  }

  async getMany(keys: readonly string[]): Promise<Map<string, FileFacts>> {
    const rows = await this.read<FileFacts>(keys);
    return new Map(rows.map(({ key, facts }) => [key, facts]));
  }

  putMany(entries: readonly GraphCacheEntry[]): Promise<void> {
    return this.write(entries.map(({ key, facts }) => ({ key, json: jsonOf(facts) })));
  }

  async getCalls(keys: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const { key, facts } of await this.read<{ packed: string }>(keys)) {
      found.set(key, facts.packed);
    }
    return found;
  }

  putCalls(entries: readonly PackedCalls[]): Promise<void> {
    return this.write(
      entries.map(({ key, packed }) => ({ key, json: JSON.stringify({ packed }) })),
    );
  }

  private async read<T>(keys: readonly string[]): Promise<Row<T>[]> {
    const found: Row<T>[] = [];
    for (let start = 0; start < keys.length; start += BATCH) {
      const batch = keys.slice(start, start + BATCH);
      found.push(...(await this.database.pool.query<Row<T>>(READ, [batch])).rows);
    }
    return found;
  }

  private async write(entries: readonly { key: string; json: string }[]): Promise<void> {
    for (let start = 0; start < entries.length; start += BATCH) {
      const batch = entries.slice(start, start + BATCH);
      await this.database.pool.query(
        `INSERT INTO graph_cache (key, facts) SELECT * FROM unnest($1::text[], $2::jsonb[]) ON CONFLICT (key) DO NOTHING`,
        [batch.map(({ key }) => key), batch.map(({ json }) => json)],
      );
    }
  }

  /**
   * Drops entries that nobody has asked for since a moment, at most 20,000 of them, and answers how many.
   * What is dropped is read from its file again when somebody asks.
   */
  async dropUnusedSince(date: Date): Promise<number> {
    const { rowCount } = await this.database.pool.query(
      `DELETE FROM graph_cache WHERE key IN (
         SELECT key FROM graph_cache WHERE used_at < $1::timestamptz ORDER BY used_at LIMIT $2::int FOR UPDATE SKIP LOCKED
       )`,
      [date, MAX_DROPPED],
    );
    return rowCount ?? 0;
  }
}

/** Most facts hold nothing that jsonb refuses, and looking at every value takes ten times as long. */
function jsonOf(facts: FileFacts): string {
  const json = JSON.stringify(facts);
  return /\\u(?:0000|d[89a-f])/.test(json) ? toJsonb(facts) : json;
}
