import { WORKER_APPS } from '@hil/contracts';
import {
  createPostgresBackend,
  runMigrations,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
} from 'bullmq';
import pg from 'pg';
import type { MessagingLog } from '../ports/log.port.js';
import { BullStageQueue } from './bull-stage-queue.js';

/** BullMQ's own schema in the database. */
const SCHEMA = 'bullmq';
/** Beside one LISTEN connection for each consumer. */
const QUERY_CONNECTIONS = 4;

/**
 * The stage queue in PostgreSQL, with tables of its own that are made or migrated here (safe for
 * several processes at once). Connections open when they are needed: one LISTEN for each consumer
 * and at most four for queries.
 */
export async function createPostgresStageQueue(options: {
  databaseUrl: string;
  prefix: string;
  logger: MessagingLog;
}): Promise<BullStageQueue<PostgresQueueBackend, PostgresConnectionOptions>> {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: WORKER_APPS.length + QUERY_CONNECTIONS,
    // BullMQ can't set this on a pool it did not make, and takes the table names unqualified.
    options: `-c search_path=${SCHEMA}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // Without a listener the loss of an idle connection would end the process. While closing it is no news.
  pool.on('error', (error) => {
    if (!pool.ending) options.logger.warn({ err: error }, 'lost a queue connection');
  });
  // Nor may that of one BullMQ has checked out: the pool hears nothing of those.
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    const client = await pool.connect();
    try {
      await runMigrations(client, SCHEMA);
    } finally {
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new BullStageQueue<PostgresQueueBackend, PostgresConnectionOptions>(
    {
      name: 'PostgreSQL',
      factory: createPostgresBackend,
      connection: pool,
      prefix: options.prefix,
      ping: () => pool.query('SELECT 1'),
      close: () => pool.end(),
    },
    options.logger,
  );
}
