import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HilError } from '@hil/contracts';
import type { MigrationList } from '@prisma/schema-engine-wasm';
import pg from 'pg';

/** prisma/migrations of this checkout; the depth is the same from src and dist. */
export const MIGRATIONS_DIR = fileURLToPath(
  new URL('../../../../prisma/migrations', import.meta.url),
);
/** "hilm"; any number that nothing else in the database uses. */
export const MIGRATION_LOCK_KEY = 0x68696c6d;

/** A migration folder: its name and what its script hashes to. */
interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/**
 * Brings the database to the schema of this release. Safe when several apps boot at once (an
 * advisory lock lets one work and the others find it done) and quick when there is nothing to do
 * (one query). Keeps the books of `prisma migrate deploy`, so both can be used.
 * @returns the names applied now.
 * @throws HilError `service_unavailable` when the database was migrated by a newer release, a
 * migration was changed after it was applied, an earlier one failed half-way, or one fails now.
 */
export async function applyMigrations(
  database: string | pg.Pool,
  options: { migrationsDir?: string } = {},
): Promise<string[]> {
  const wanted = await readMigrations(resolve(options.migrationsDir ?? MIGRATIONS_DIR));
  const own = typeof database === 'string';
  // One connection holds the lock, another is the engine's.
  const pool = own ? new pg.Pool({ connectionString: database, max: 2 }) : database;
  if (own) pool.on('error', () => undefined);
  try {
    // Before the lock only "nothing to do" can be believed: what another app is applying this moment
    // looks as if it had failed half-way.
    const settled = await pendingOf(pool, wanted.migrations).then(
      (pending) => pending.length === 0,
      () => false,
    );
    if (settled) return [];
    const guard = await pool.connect();
    // While a client is checked out its pool hears no errors; a lost connection would end the process.
    guard.on('error', () => undefined);
    try {
      await guard.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_KEY]);
      const pending = await pendingOf(pool, wanted.migrations);
      if (pending.length === 0) return [];
      return await run(pool, wanted.list);
    } finally {
      // Ends the session, and the lock with it, whatever state an error left it in.
      guard.release(true);
    }
  } finally {
    if (own) await pool.end();
  }
}

async function run(pool: pg.Pool, migrationsList: MigrationList): Promise<string[]> {
  const { openSchemaEngine } = await import('./schema-engine.js');
  const engine = await openSchemaEngine(pool);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList,
      filters: { externalTables: [], externalEnums: [] },
    });
    return appliedMigrationNames;
  } catch (cause) {
    throw new HilError(
      'service_unavailable',
      `The database could not be migrated: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Restore it from a backup, or mend it and mark the migration with `prisma migrate resolve` (see prisma/README.md).',
      { cause },
    );
  } finally {
    engine.free();
  }
}

/** Which migrations are not in the database yet; refuses a history that is not ours. */
async function pendingOf(pool: pg.Pool, wanted: Migration[]): Promise<Migration[]> {
  const known = await appliedIn(pool);
  const names = new Set(wanted.map(({ name }) => name));
  const foreign = [...known.keys()].find((name) => !names.has(name));
  if (foreign !== undefined) {
    throw new HilError(
      'service_unavailable',
      `The database has the migration ${foreign}, which this release does not know: a newer release has used it. Start that release, or give this one another database.`,
    );
  }
  return wanted.filter(({ name, checksum }) => {
    const applied = known.get(name);
    if (applied === undefined) return true;
    if (!applied.finished) {
      throw new HilError(
        'service_unavailable',
        `The migration ${name} failed half-way. Restore the database from a backup, or mend it and mark the migration with \`prisma migrate resolve\` (see prisma/README.md).`,
      );
    }
    if (applied.checksum === checksum) return false;
    throw new HilError(
      'service_unavailable',
      `The migration ${name} was changed after it was applied to this database. Use a new database, or the release that made this one.`,
    );
  });
}

async function appliedIn(
  pool: pg.Pool,
): Promise<Map<string, { checksum: string; finished: boolean }>> {
  const table = await pool.query<{ found: boolean }>(
    `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS found`,
  );
  if (table.rows[0]?.found !== true) return new Map();
  const { rows } = await pool.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return new Map(rows.map(({ name, checksum, finished }) => [name, { checksum, finished }]));
}

async function readMigrations(
  baseDir: string,
): Promise<{ migrations: Migration[]; list: MigrationList }> {
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const migrations = await Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(baseDir, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
  const lockfile = await readFile(join(baseDir, 'migration_lock.toml'), 'utf8');
  return {
    migrations,
    list: {
      baseDir,
      lockfile: { path: 'migration_lock.toml', content: lockfile },
      shadowDbInitScript: '',
      migrationDirectories: migrations.map(({ name, sql }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
      })),
    },
  };
}
