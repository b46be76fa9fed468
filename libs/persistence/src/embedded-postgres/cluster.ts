import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HilError } from '@hil/contracts';
import { isCode, type PostgresBinaries } from './binaries.js';
import type { RunAs } from './run-as.js';

const run = promisify(execFile);

/** The only database user; whoever reaches the socket is it. */
export const DATABASE_USER = 'hil';

/**
 * Makes the cluster if there is none. It is made aside and renamed, so a crash half-way leaves no
 * broken one and of two starters one wins.
 * @returns true when it was made now.
 * @throws HilError `service_unavailable` when the cluster belongs to another major version, or
 * initdb fails.
 */
export async function ensureCluster(options: {
  clusterDir: string;
  binaries: PostgresBinaries;
  runAs: RunAs;
}): Promise<boolean> {
  const { clusterDir, binaries, runAs } = options;
  const version = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (version !== undefined) {
    if (Number.parseInt(version, 10) === binaries.major) return false;
    throw new HilError(
      'service_unavailable',
      `The database in ${clusterDir} was made by PostgreSQL ${version.trim()} and this release brings ${binaries.major}. ` +
        'Copy it over with pg_dump from the previous release, or move the folder away to begin with an empty database.',
    );
  }
  const fresh = `${clusterDir}.new-${process.pid}`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await runAs.own(fresh);
  const [command, args] = runAs.argv(binaries.initdb, [
    ...['-D', fresh, '-U', DATABASE_USER, '--auth=trust', '--encoding=UTF8'],
    // Unicode-aware lower() and upper() without ICU's tables or the host's locales.
    ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    // An empty cluster that is lost in a power failure is made again.
    '--no-sync',
  ]);
  try {
    await run(command, args, {
      cwd: fresh,
      env: { PATH: process.env.PATH, LC_ALL: 'C', ...binaries.env },
      ...runAs.identity,
    });
    await rename(fresh, clusterDir);
    return true;
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    if (isCode(cause, 'ENOTEMPTY') || isCode(cause, 'EEXIST')) return false;
    throw new HilError(
      'service_unavailable',
      `PostgreSQL could not make its files in ${clusterDir}: ${lastLine(cause)}. ` +
        'Check that the disk has room and that DATA_DIR may be written, or set DATABASE_URL to a PostgreSQL server.',
      { cause },
    );
  }
}

function lastLine(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const text = stderr.trim() === '' && error instanceof Error ? error.message : stderr;
  return text.trim().split('\n').at(-1) ?? '';
}
