import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  it('allows a minute of messages at once, and then one at a time as they come back', () => {
    let now = 0;
    const limiter = new RateLimiter({ messagesPerMinute: 3, maxConnectionsPerUser: 1 }, () => now);
    for (let count = 0; count < 3; count += 1) limiter.requireMessage('ann');
    const limited = expect.objectContaining({ code: 'rate_limited' });
    expect(() => limiter.requireMessage('ann')).toThrow(limited);
    limiter.requireMessage('bob');
    now = 20_000;
    limiter.requireMessage('ann');
    expect(() => limiter.requireMessage('ann')).toThrow(limited);
  });

  it('counts the open sockets of each user', () => {
    const limiter = new RateLimiter({ messagesPerMinute: 1, maxConnectionsPerUser: 2 });
    expect([1, 2, 3].map(() => limiter.openConnection('ann'))).toEqual([true, true, false]);
    expect(limiter.openConnection('bob')).toBe(true);
    limiter.closeConnection('ann');
    expect(limiter.openConnection('ann')).toBe(true);
  });
});
