import { PostgresDoorbellBus } from './drivers/postgres-doorbell.driver.js';
import { createPostgresStageQueue } from './drivers/postgres.driver.js';
import { RedisDoorbellBus } from './drivers/redis-doorbell.driver.js';
import { createRedisStageQueue } from './drivers/redis.driver.js';
import type { DoorbellBus } from './ports/doorbell-bus.port.js';
import type { MessagingLog } from './ports/log.port.js';
import type { StageQueue } from './ports/stage-queue.port.js';

export interface MessagingOptions {
  /** When given, queue and bus are on Redis; otherwise both are in PostgreSQL. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** QUEUE_PREFIX: keeps several installations on one Redis apart. */
  prefix: string;
  logger: MessagingLog;
}

export interface Messaging {
  queue: StageQueue;
  bus: DoorbellBus;
}

/**
 * Opens the queue and the doorbell bus on the backend the configuration names.
 * With Redis it returns before the connection is there, and commands wait for it; with PostgreSQL
 * it makes the queue's tables first and rejects when the database does not answer.
 */
export async function createMessaging(options: MessagingOptions): Promise<Messaging> {
  const { redisUrl, databaseUrl, prefix, logger } = options;
  if (redisUrl !== undefined && redisUrl !== '') {
    return {
      queue: createRedisStageQueue({ redisUrl, prefix, logger }),
      bus: new RedisDoorbellBus({ redisUrl, prefix, logger }),
    };
  }
  return {
    queue: await createPostgresStageQueue({ databaseUrl, prefix, logger }),
    bus: new PostgresDoorbellBus({ databaseUrl, prefix, logger }),
  };
}
