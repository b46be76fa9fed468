import { createHash } from 'node:crypto';
import { HilError } from '@hil/contracts';
import { redactSecretForms } from '@hil/observability';
import type { Committed, LogEntry } from '@hil/workflow';
import pg from 'pg';
import { toJsonb, wellFormed } from './json.js';

export type Queryable = pg.Pool | pg.PoolClient;

/**
 * Gathers the parameters of one SQL statement: `bind(value)` answers its placeholder. Text passes
 * without its NUL characters, which PostgreSQL refuses.
 */
export class Statement {
  readonly values: unknown[] = [];

  bind(value: unknown): string {
    this.values.push(typeof value === 'string' ? wellFormed(value) : value);
    return `$${this.values.length}`;
  }
}

/** `data` larger than this is refused: what is larger belongs into an artifact. */
const MAX_EVENT_BYTES = 256 * 1024;

/** Types of events that carry words of programs and people, and nothing that is decided on or edited from. */
const SPOKEN: ReadonlySet<string> = new Set(['log', 'test_result', 'error', 'status', 'summary']);

/**
 * The common tables that give entries their numbers and log them, as the last part of a statement.
 * `guard` is a common table with `id` (run) and `session_id` that is empty when nothing may be written.
 * The session's row lock makes the numbers gap-free and ordered.
 */
export function logging(
  statement: Statement,
  guard: string,
  entries: LogEntry[],
  redact: (text: string) => string,
  sessionFields = '',
): string {
  const rows = entries.map(({ update, stage, attempt }) => ({
    type: update.type,
    data: update.data,
    stage,
    attempt,
  }));
  for (const row of rows) {
    const size = Buffer.byteLength(JSON.stringify(row.data));
    if (size > MAX_EVENT_BYTES) {
      throw new HilError(
        'internal_error',
        `an event of type ${row.type} has ${size} bytes; at most ${MAX_EVENT_BYTES} fit`,
      );
    }
  }
  const count = statement.bind(entries.length);
  const spoken = (text: string): string => redactSecretForms(redact(text));
  // What tests and strangers print may hold somebody's secret; plans and diffs stay what was decided on.
  const list = statement.bind(
    `[${rows.map((row) => toJsonb(row, SPOKEN.has(row.type) ? spoken : redact)).join(',')}]`,
  );
  return `
  numbered AS (
    UPDATE session SET last_seq = session.last_seq + ${count}::int, updated_at = now()${sessionFields}
    FROM ${guard} WHERE session.id = ${guard}.session_id
    RETURNING session.id AS session_id, session.last_seq, ${guard}.id AS run_id
  ), logged AS (
    INSERT INTO event (session_id, seq, run_id, attempt, type, stage, data, created_at)
    SELECT numbered.session_id, numbered.last_seq - ${count}::int + entry.place::int, numbered.run_id,
           (entry.value->>'attempt')::int, entry.value->>'type', entry.value->>'stage', entry.value->'data', clock_timestamp()
    FROM numbered, jsonb_array_elements(${list}::jsonb) WITH ORDINALITY AS entry(value, place)
  )`;
}

const names = new Map<string, string>();

/**
 * A query that a connection parses and plans once. The text may only depend on the shape of what is
 * written, never on its values: each text stays in every connection.
 */
function prepared(text: string, values: unknown[]): pg.QueryConfig {
  let name = names.get(text);
  if (name === undefined) {
    name = `hil_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
    names.set(text, name);
  }
  return { name, text, values };
}

/** Null when the statement's guard was empty, or somebody else was first with a unique key. */
export async function execute(
  client: Queryable,
  s: Statement,
  parts: string[],
  { dispatches = false } = {},
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

/** True when the error says that a row with this key exists already. */
function isUniqueViolation(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505';
}
