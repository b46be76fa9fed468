import { describe, expect, it } from '@jest/globals';
import { budgetState, grantOf, raisedBy } from './budget.js';
import { costOf } from './cost.js';

const spent = {
  calls: 8,
  inputTokens: 900,
  outputTokens: 100,
  costUsd: 0.5,
  durationMs: 60_000,
};

describe('a budget', () => {
  it('is never used up without limits', () => {
    expect(budgetState({}, spent)).toEqual({ share: 0, message: '' });
  });

  it('is as full as its fullest limit, and says which', () => {
    expect(budgetState({ costUsd: 1, tokens: 1_250, calls: 100, minutes: 60 }, spent)).toEqual({
      share: 0.8,
      message: '1000 tokens of 1250 tokens',
    });
  });

  it('a yes allows the amounts that were asked for, whatever the limit is by then', () => {
    const limits = { calls: 8, costUsd: 2 };
    expect(budgetState(limits, spent).share).toBe(1);
    const grant = grantOf('run', limits);
    expect(grant).toEqual({ of: 'run', calls: 8, cost_usd: 2 });
    expect(budgetState(raisedBy(limits, [grant]), spent)).toMatchObject({ share: 0.5 });
    const changed = { ...limits, calls: 2, tokens: 1_000 };
    expect(raisedBy(changed, [grant])).toEqual({ calls: 10, costUsd: 4, tokens: 1_000 });
  });

  it('of nothing is used up before the first call', () => {
    expect(budgetState({ costUsd: 0 }, { ...spent, costUsd: 0 }).share).toBe(Infinity);
  });
});

describe('the price of a call', () => {
  it('comes from the kept list, with cached tokens cheaper', async () => {
    const plain = { input: 100_000, output: 1_000, cacheRead: 0, cacheWrite: 0 };
    const full = await costOf('anthropic:claude-haiku-4-5', plain);
    const cached = await costOf('anthropic:claude-haiku-4-5', { ...plain, cacheRead: 90_000 });
    expect(full).toBeGreaterThan(0);
    expect(cached).toBeLessThan((full ?? 0) / 2);
  });

  it('is not known of a local model', async () => {
    const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 };
    expect(await costOf('ollama:qwen3:8b', usage)).toBeNull();
  });
});
