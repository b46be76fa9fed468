import { HilError } from '@hil/contracts';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient } from '../generated/client.js';

export interface DatabaseLog {
  warn(facts: object, message: string): void;
}

/** One pool, used by Prisma and by hand-written SQL alike, so an app's connections stay few. */
export interface Database {
  pool: pg.Pool;
  prisma: PrismaClient;
  /** Resolves when the database answers. @throws HilError `service_unavailable` after about 2 s. */
  ping(): Promise<void>;
  /** Waits for running queries and closes all connections. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the database lazily: the first query connects. Broken connections are replaced, so a
 * restart of PostgreSQL costs the queries that were under way and nothing else.
 */
export function openDatabase(options: {
  databaseUrl: string;
  log: DatabaseLog;
  /** Connections at most. Default 10. */
  poolSize?: number;
  /** Shown in pg_stat_activity. */
  name?: string;
}): Database {
  let closing: Promise<void> | undefined;
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.poolSize ?? 10,
    application_name: options.name ?? 'hil',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  });
  // Without a listener the loss of an idle connection would end the process. While closing it is no news.
  pool.on('error', (error) => {
    if (closing === undefined) options.log.warn({ err: error }, 'lost a database connection');
  });
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    ping: () => ping(pool),
    close: () => (closing ??= prisma.$disconnect().then(() => pool.end())),
  };
}

const PING_LIMIT_MS = 2_000;

async function ping(pool: pg.Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PING_LIMIT_MS} ms`)), PING_LIMIT_MS);
  });
  try {
    await Promise.race([pool.query('SELECT 1'), late]);
  } catch (cause) {
    throw new HilError(
      'service_unavailable',
      'The database does not answer. Check that PostgreSQL runs and that DATABASE_URL is right.',
      { cause, retryable: true },
    );
  } finally {
    clearTimeout(timer);
  }
}
