import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunWorld, SECRET } from '../run-storage/testing/run-world.js';
import { PostgresProjectMemory } from './postgres-project-memory.js';
import { PostgresUsageLedger } from './postgres-usage-ledger.js';

let world: RunWorld;
beforeAll(async () => {
  world = await RunWorld.open();
}, 120_000);
afterAll(() => world.close());

describe('the memory of repositories', () => {
  const entry = (more: Record<string, unknown> = {}) => ({
    repository: 'https://git.example.org/shop',
    userId: 'ann',
    runId: randomUUID(),
    kind: 'rejection' as const,
    text: 'no new dependencies',
    ...more,
  });

  it('keeps a thing of a run once, without secrets, the newest first', async () => {
    const memory = new PostgresProjectMemory(world.database, (text) =>
      text.replaceAll(SECRET, '[redacted]'),
    );
    const first = entry();
    await memory.remember(first);
    await memory.remember(first);
    await memory.remember(entry({ text: `the key is ${SECRET}\0` }));
    const texts = (await memory.recall(first.repository, 10)).map(({ text }) => text);
    expect(texts).toEqual(['the key is [redacted]', 'no new dependencies']);
    expect(await memory.recall(first.repository, 1)).toHaveLength(1);
    expect(await memory.recall('https://git.example.org/other', 10)).toEqual([]);
  });

  it('is listed by person and repository, and forgotten one by one', async () => {
    const memory = new PostgresProjectMemory(world.database, (text) => text);
    const repository = 'https://git.example.org/listed';
    await memory.remember(entry({ repository }));
    await memory.remember(entry({ repository, userId: 'bob', kind: 'repair', text: 'import' }));
    expect(await memory.list('bob', repository, 10)).toHaveLength(1);
    const [mine] = await memory.list('ann', repository, 10);
    expect(await memory.entry(mine?.id ?? '')).toEqual(mine);
    expect(await memory.forget(mine?.id ?? '')).toBe(true);
    expect(await memory.forget(mine?.id ?? '')).toBe(false);
    expect(await memory.list(null, repository, 10)).toHaveLength(1);
  });
});

describe('the ledger of model calls', () => {
  it('sums the calls of a run and of a person since a moment; unknown prices count nothing', async () => {
    const ledger = new PostgresUsageLedger(world.database);
    const runId = randomUUID();
    const userId = `user-${runId}`;
    const call = (costUsd: number | null, of = runId) => ({
      runId: of,
      userId,
      stage: 'planning',
      role: 'planner' as const,
      model: 'openai:gpt-4.1-mini',
      usage: { input: 100, output: 10, cacheRead: 5, cacheWrite: 0 },
      costUsd,
      durationMs: 250,
    });
    for (const cost of [0.5, null]) await ledger.record(call(cost));
    await ledger.record(call(1, randomUUID()));
    const sums = { inputTokens: 200, outputTokens: 20, costUsd: 0.5, durationMs: 500 };
    expect(await ledger.ofRun(runId)).toEqual({ calls: 2, ...sums });
    const hour = 3_600_000;
    expect(await ledger.ofUser(userId, new Date(Date.now() - hour))).toMatchObject({
      calls: 3,
      costUsd: 1.5,
    });
    expect((await ledger.ofUser(userId, new Date(Date.now() + hour))).calls).toBe(0);
    expect((await ledger.ofRun(randomUUID())).costUsd).toBe(0);
  });
});
