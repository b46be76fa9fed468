import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plainGit } from '@hil/testing';
import pg from 'pg';

const run = promisify(execFile);
const BIG = 512 * 1024 * 1024;

/**
 * The ways a secret may be written: as it is, and each of the three forms it takes in base64, wherever it
 * stands in what was encoded. The bytes at both ends depend on the neighbours and are left out.
 */
export function spellings(secret: string): string[] {
  const inside = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${secret}`).toString('base64');
    return encoded.replace(/=+$/, '').slice(shift === 0 ? 0 : 4, -3);
  });
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex'), ...inside];
}

/** Command lines of every process of the machine, taken as often as it goes until it is stopped. */
export class ProcessSampler {
  readonly commands = new Set<string>();
  private stopped = false;
  private readonly running = this.sample();

  private async sample(): Promise<void> {
    while (!this.stopped) {
      for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
        const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        if (text !== '') this.commands.add(text.replaceAll('\0', ' '));
      }
    }
  }

  async stop(): Promise<string[]> {
    this.stopped = true;
    await this.running;
    return [...this.commands];
  }
}

/** Every row of every table, queue included, and the events of each session as one text without seams. */
export async function databaseText(dataDir: string): Promise<Map<string, string>> {
  const pool = new pg.Pool({ ...(await embeddedConnection(dataDir)), max: 1 });
  try {
    const texts = new Map<string, string>();
    const { rows: tables } = await pool.query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      texts.set(name, rows.map(({ row }) => row).join('\n'));
    }
    // Bytes are shown as hex above; as text they are what people download.
    const { rows: files } = await pool.query<{ content: Buffer }>('SELECT content FROM artifact');
    texts.set('artifact bytes', files.map(({ content }) => content.toString('latin1')).join('\n'));
    const { rows: events } = await pool.query<{ words: string | null }>(
      `SELECT string_agg(coalesce(data->>'message', '') || coalesce(data->>'diff', ''), '' ORDER BY session_id, seq) AS words FROM event`,
    );
    texts.set('events without seams', (events[0]?.words ?? '').replaceAll('\n', ''));
    return texts;
  } finally {
    await pool.end();
  }
}

/** Where the embedded server listens, as its own pid file says. */
async function embeddedConnection(dataDir: string): Promise<pg.PoolConfig> {
  const file = join(dataDir, 'postgres/cluster/postmaster.pid');
  const [, , , port = '', host = ''] = (await readFile(file, 'utf8')).split('\n');
  return { host: host.trim(), port: Number(port), user: 'hil', database: 'hil' };
}

/** Files below a folder that hold any of the words, as they lie on the disk. */
export async function filesWith(folder: string, words: readonly string[]): Promise<string[]> {
  const patterns = words.flatMap((word) => ['-e', word]);
  try {
    const { stdout } = await run('grep', ['-rlaF', ...patterns, '--', folder]);
    return stdout.split('\n').filter((line) => line !== '');
  } catch (error) {
    if ((error as { code?: number }).code === 1) return [];
    throw error;
  }
}

/** What every object of every git dir below a folder holds, unpacked. */
export async function gitObjects(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const dirs = entries.filter(({ name }) => name === 'HEAD').map(({ parentPath }) => parentPath);
  const texts: string[] = [];
  for (const dir of dirs) {
    const args = ['cat-file', '--batch-all-objects', '--batch', '--buffer'];
    const { stdout } = await run('git', [`--git-dir=${dir}`, '-c', 'safe.directory=*', ...args], {
      maxBuffer: BIG,
      encoding: 'latin1',
    }).catch(() => ({ stdout: '' }));
    const config = await plainGit(dir, 'config', '--file', join(dir, 'config'), '--list');
    texts.push(stdout, config);
  }
  return texts.join('\n');
}
