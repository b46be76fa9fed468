import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { isAlive } from './postmaster.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres.js';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ownerProcess = fileURLToPath(new URL('./fixtures/owner-process.mjs', import.meta.url));

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (const end = Date.now() + 20_000; ;) {
    try {
      await query(url, 'SELECT 1');
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

describe('the embedded PostgreSQL', () => {
  let parent: string;
  let dataDir: string;
  const running = new Set<EmbeddedPostgres>();

  async function start(folder = dataDir): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir: folder, log: silent });
    running.add(server);
    return server;
  }

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'hil-pg-'));
    // Only its owner can enter, as a home folder may be.
    await chmod(parent, 0o700);
    dataDir = join(parent, 'postgres');
  });
  afterEach(async () => {
    for (const server of running) await server.stop();
    running.clear();
    await rm(parent, { recursive: true, force: true });
  });

  it('makes its files at the first start and keeps the data over a stop', async () => {
    const first = await start();
    expect([first.created, first.adopted]).toEqual([true, false]);
    await query(first.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    expect(isAlive(first.pid())).toBe(false);
    const second = await start();
    expect([second.created, second.adopted]).toEqual([false, false]);
    expect(await query(second.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('listens on a socket in a folder of its owner, and not on TCP', async () => {
    const server = await start();
    const [settings] = await query<{ tcp: string; fsync: string; sync: string }>(
      server.databaseUrl,
      `SELECT current_setting('listen_addresses') AS tcp, current_setting('fsync') AS fsync,
              current_setting('synchronous_commit') AS sync`,
    );
    expect(settings).toEqual({ tcp: '', fsync: 'on', sync: 'on' });
    const folder = new URL(server.databaseUrl).searchParams.get('host') ?? '';
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('lower-cases letters beyond ASCII whatever locale the host has', async () => {
    const server = await start();
    expect(await query(server.databaseUrl, `SELECT lower('ÄÉ') AS text`)).toEqual([{ text: 'äé' }]);
  });

  it('puts the socket in the temporary folder when the path of the data folder is too long', async () => {
    const long = join(parent, 'd'.repeat(90), 'postgres');
    await mkdir(join(parent, 'd'.repeat(90)));
    const server = await start(long);
    const folder = new URL(server.databaseUrl).searchParams.get('host') ?? '';
    expect(folder.startsWith(tmpdir())).toBe(true);
    expect(await query(server.databaseUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('adopts the server that a killed owner left, with what it had committed', async () => {
    const owner = fork(ownerProcess, [dataDir], { execArgv: [] });
    const [message] = await once(owner, 'message');
    const pid = Number((message as { pid: number }).pid);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(pid)).toBe(true);
    const server = await start();
    expect([server.adopted, server.pid()]).toEqual([true, pid]);
    expect(await query(server.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await server.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('refuses a data folder another live process uses, and names it', async () => {
    await start();
    await expect(startEmbeddedPostgres({ dataDir, log: silent })).rejects.toMatchObject({
      code: 'service_unavailable',
      message: expect.stringContaining(`Another hil (process ${process.pid}) is using`),
    });
  });

  it('comes back by itself after the server was killed', async () => {
    const server = await start();
    await query(server.databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const before = server.pid();
    process.kill(before, 'SIGKILL');
    await untilAnswers(server.databaseUrl);
    expect(await query(server.databaseUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    // The server answers others a moment before it is known here.
    for (const end = Date.now() + 10_000; server.pid() === before && Date.now() < end;) {
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(server.pid()).not.toBe(before);
  });

  it('is not stopped by a pid file whose number belongs to another program by now', async () => {
    const first = await start();
    await first.stop();
    const cluster = join(dataDir, 'cluster');
    await writeFile(
      join(cluster, 'postmaster.pid'),
      `${process.pid}\n${cluster}\n1\n5432\n${join(dataDir, 'socket')}\n`,
    );
    const second = await start();
    expect(second.adopted).toBe(false);
  });

  it('does not take the original server for the one of a copied data folder', async () => {
    const original = await start();
    const copy = join(parent, 'copy');
    // A socket can't be copied and is made anew.
    await cp(dataDir, copy, { recursive: true, filter: (file) => !file.includes('.s.PGSQL') });
    await rm(join(copy, 'cluster', 'postmaster.opts'), { force: true });
    const second = await start(copy);
    expect(second.adopted).toBe(false);
    expect(second.pid()).not.toBe(original.pid());
  });

  it('says what to do when the files were made by another major version', async () => {
    const server = await start();
    await server.stop();
    const file = join(dataDir, 'cluster', 'PG_VERSION');
    expect((await readFile(file, 'utf8')).trim()).toBe('18');
    await writeFile(file, '17\n');
    await expect(start()).rejects.toMatchObject({
      code: 'service_unavailable',
      message: expect.stringMatching(/made by PostgreSQL 17 and this release brings 18.*pg_dump/),
    });
  });
});
