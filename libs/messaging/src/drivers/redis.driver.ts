import { createRedisBackend, type ConnectionOptions, type RedisQueueBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { MessagingLog } from '../ports/log.port.js';
import { BullStageQueue } from './bull-stage-queue.js';

/** Waits for Redis without end, with at most 2 s between attempts. */
const STEADY: RedisOptions = {
  maxRetriesPerRequest: null,
  retryStrategy: (times) => Math.min(times * 100, 2_000),
  keepAlive: 10_000,
};

/** A connection that survives restarts of Redis; its troubles are logged once an outage. */
export function connectRedis(url: string, log: MessagingLog, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, { ...STEADY, ...options });
  let down = false;
  redis.on('error', (error: Error) => {
    if (!down) log.warn({ err: error }, 'no connection to Redis, trying again');
    down = true;
  });
  redis.on('ready', () => {
    if (down) log.info({}, 'connected to Redis again');
    down = false;
  });
  return redis;
}

/** The stage queue on Redis: one shared connection, and a blocking one for each consumer. */
export function createRedisStageQueue(options: {
  redisUrl: string;
  prefix: string;
  logger: MessagingLog;
}): BullStageQueue<RedisQueueBackend, ConnectionOptions> {
  const redis = connectRedis(options.redisUrl, options.logger);
  return new BullStageQueue<RedisQueueBackend, ConnectionOptions>(
    {
      name: 'Redis',
      factory: createRedisBackend,
      connection: redis,
      prefix: options.prefix,
      ping: () => redis.ping(),
      close: () => {
        redis.disconnect();
        return Promise.resolve();
      },
    },
    options.logger,
  );
}
