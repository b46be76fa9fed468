import { describe, it } from '@jest/globals';
import { doorbellConformance } from './conformance/doorbell.conformance.js';
import { redisInstalled, startRedisServer } from './conformance/redis-server.js';
import { stageQueueConformance } from './conformance/stage-queue.conformance.js';

if (redisInstalled || process.env.HIL_REQUIRE_ALL === '1') {
  stageQueueConformance('Redis', startRedisServer);
  doorbellConformance('Redis', startRedisServer);
} else {
  describe('messaging on Redis', () => {
    it.skip('keeps its contract (skipped: no redis-server is installed here)', () => undefined);
  });
}
