import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../embedded-postgres/embedded-postgres.js';
import { openDatabase } from '../database/database.js';
import { MIGRATIONS_DIR, MIGRATION_LOCK_KEY, applyMigrations } from './apply-migrations.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('migrations at boot', () => {
  let parent: string;
  let server: EmbeddedPostgres;
  let databaseUrl: string;
  let count = 0;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'hil-migrate-'));
    server = await startEmbeddedPostgres({ dataDir: join(parent, 'postgres'), log: silent });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(parent, { recursive: true });
  });
  beforeEach(async () => {
    count += 1;
    await query(server.databaseUrl, `CREATE DATABASE fresh${count}`);
    databaseUrl = server.databaseUrl.replace('/hil?', `/fresh${count}?`);
  });

  async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const { rows } = await client.query<Record<string, unknown>>(sql);
      return rows;
    } finally {
      await client.end();
    }
  }

  /** A copy of our migrations that a test may change. */
  async function copyOfMigrations(): Promise<string> {
    const folder = join(parent, `migrations${count}`);
    await cp(MIGRATIONS_DIR, folder, { recursive: true });
    return folder;
  }

  async function addMigration(folder: string, name: string, sql: string): Promise<void> {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'migration.sql'), sql);
  }

  it('makes the tables once and then has nothing to do', async () => {
    const all = (await readdir(MIGRATIONS_DIR)).filter((name) => /^\d+_/.test(name)).sort();
    expect(await applyMigrations(databaseUrl)).toEqual(all);
    expect(await applyMigrations(databaseUrl)).toEqual([]);
    expect(await query(databaseUrl, 'SELECT count(*)::int AS runs FROM run')).toEqual([
      { runs: 0 },
    ]);
  });

  it('lets one of five apps that boot at once do the work', async () => {
    const results = await Promise.all(
      Array.from({ length: 5 }, () => applyMigrations(databaseUrl)),
    );
    expect(results.filter((names) => names.length > 0)).toHaveLength(1);
    const rows = await query(databaseUrl, 'SELECT migration_name FROM _prisma_migrations');
    expect(rows).toHaveLength(results.flat().length);
  });

  it('waits for an app that is in the middle of the work, rather than call it failed', async () => {
    await applyMigrations(databaseUrl);
    const other = new pg.Client({ connectionString: databaseUrl });
    await other.connect();
    await other.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK_KEY]);
    await other.query('UPDATE _prisma_migrations SET finished_at = NULL');
    const applied = applyMigrations(databaseUrl);
    const early = await Promise.race([
      applied.then(String, String),
      new Promise((resolve) => setTimeout(resolve, 500, 'waits')),
    ]);
    await other.query('UPDATE _prisma_migrations SET finished_at = now()');
    await other.end();
    expect(early).toBe('waits');
    expect(await applied).toEqual([]);
  });

  it('takes a pool as well, and leaves it open', async () => {
    const pool = new pg.Pool({ connectionString: databaseUrl, max: 3 });
    await applyMigrations(pool);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('applies a later migration to a database that has the earlier ones', async () => {
    await applyMigrations(databaseUrl);
    const migrationsDir = await copyOfMigrations();
    await addMigration(migrationsDir, '29990101000000_more', 'CREATE TABLE more (id int);');
    expect(await applyMigrations(databaseUrl, { migrationsDir })).toEqual(['29990101000000_more']);
    expect(await query(databaseUrl, 'SELECT * FROM more')).toEqual([]);
  });

  it('refuses a database that a newer release has migrated', async () => {
    const migrationsDir = await copyOfMigrations();
    await addMigration(migrationsDir, '29990101000000_more', 'CREATE TABLE more (id int);');
    await applyMigrations(databaseUrl, { migrationsDir });
    await expect(applyMigrations(databaseUrl)).rejects.toThrow(
      /29990101000000_more.*newer release/,
    );
  });

  it('refuses a migration that was changed after it was applied', async () => {
    const migrationsDir = await copyOfMigrations();
    await applyMigrations(databaseUrl, { migrationsDir });
    const [first] = (await readdir(migrationsDir)).filter((name) => /^\d+_/.test(name)).sort();
    const file = join(migrationsDir, String(first), 'migration.sql');
    await writeFile(file, `${await readFile(file, 'utf8')}-- changed\n`);
    await expect(applyMigrations(databaseUrl, { migrationsDir })).rejects.toThrow(
      /was changed after/,
    );
  });

  it('says that a migration failed, now and at every later boot', async () => {
    const migrationsDir = await copyOfMigrations();
    await addMigration(migrationsDir, '29990101000000_bad', 'CREATE TABLE run (id int);');
    await expect(applyMigrations(databaseUrl, { migrationsDir })).rejects.toMatchObject({
      code: 'service_unavailable',
      message: expect.stringContaining('could not be migrated'),
    });
    await expect(applyMigrations(databaseUrl, { migrationsDir })).rejects.toThrow(
      /failed half-way/,
    );
  });

  it('keeps a copy of schema.prisma beside the last migration, which leads to it', async () => {
    const names = (await readdir(MIGRATIONS_DIR)).filter((name) => /^\d+_/.test(name)).sort();
    const last = await readFile(
      join(MIGRATIONS_DIR, String(names.at(-1)), 'schema.prisma'),
      'utf8',
    );
    expect(last).toBe(await readFile(join(MIGRATIONS_DIR, '..', 'schema.prisma'), 'utf8'));
  });

  it('leads to every table and column the generated client reads', async () => {
    await applyMigrations(databaseUrl);
    const { prisma, close } = openDatabase({ databaseUrl, log: silent });
    const tables = [
      ...[prisma.session, prisma.run, prisma.plan, prisma.approval, prisma.event, prisma.outbox],
      ...[prisma.changeRequest, prisma.effect, prisma.artifact, prisma.graphCache],
      ...[prisma.clientCommand, prisma.auditEntry],
    ];
    const read = tables as readonly { findMany(): Promise<unknown[]> }[];
    for (const table of read) expect(await table.findMany()).toEqual([]);
    await close();
  });
});
