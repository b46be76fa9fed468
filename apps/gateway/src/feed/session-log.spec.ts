import { setTimeout as delay } from 'node:timers/promises';
import type { AgentUpdate } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { SessionLog } from './session-log.js';

const SESSION = '6f8a7c1e-0000-4000-8000-000000000001';

function event(seq: number, message: string): AgentUpdate {
  return {
    timestamp: '2026-01-01T00:00:00Z',
    stage: 'testing',
    attempt: 1,
    session_id: SESSION,
    run_id: SESSION,
    seq,
    type: 'log',
    data: { message, level: 'info', source: 'test' },
  };
}

/** A table that answers after a moment with what it held when it was asked. */
class Table {
  last = 0;
  reads = 0;
  failing = false;
  message = 'line';
  readonly log = new SessionLog(async (after, limit) => {
    this.reads += 1;
    const count = Math.max(0, Math.min(limit, this.last - after));
    await delay(2);
    if (this.failing) throw new Error('database is down');
    return Array.from({ length: count }, (_, index) => event(after + 1 + index, this.message));
  });

  async seqs(after: number, limit = 500): Promise<number[]> {
    return (await this.log.events(after, limit)).map(({ seq }) => seq);
  }
}

describe('the log of a session that many follow', () => {
  it('is read once for all who are at its end', async () => {
    const table = new Table();
    table.last = 3;
    const all = await Promise.all(Array.from({ length: 100 }, () => table.seqs(0)));
    expect(all).toEqual(Array.from({ length: 100 }, () => [1, 2, 3]));
    expect(table.reads).toBe(1);
  });

  it('answers those who come later, or are behind, from what it keeps', async () => {
    const table = new Table();
    table.last = 3;
    await table.seqs(0);
    expect(await table.seqs(1)).toEqual([2, 3]);
    expect(await table.seqs(0, 2)).toEqual([1, 2]);
    expect(table.reads).toBe(1);
  });

  it('never answers with a read that began before the question', async () => {
    const table = new Table();
    const early = table.seqs(0);
    await Promise.resolve();
    table.last = 1;
    const late = Promise.all([table.seqs(0), table.seqs(0)]);
    expect(await early).toEqual([]);
    expect(await late).toEqual([[1], [1]]);
    expect(table.reads).toBe(2);
  });

  it('reads older events past what it keeps, which stays', async () => {
    const table = new Table();
    table.last = 2_000;
    let after = 0;
    while (after < 2_000) after = (await table.seqs(after)).at(-1) ?? 2_000;
    const { reads } = table;
    expect((await table.seqs(5)).slice(0, 2)).toEqual([6, 7]);
    expect(table.reads).toBe(reads + 1);
    expect(await table.seqs(1_999)).toEqual([2_000]);
    expect(table.reads).toBe(reads + 1);
  });

  it('follows those who are ahead of what it keeps', async () => {
    const table = new Table();
    table.last = 10;
    await table.seqs(0);
    table.last = 30;
    expect(await table.seqs(20)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    const { reads } = table;
    expect(await table.seqs(25)).toEqual([26, 27, 28, 29, 30]);
    expect(table.reads).toBe(reads);
  });

  it('keeps little of large events, and nothing once it rests', async () => {
    const table = new Table();
    table.message = 'x'.repeat(100_000);
    table.last = 10;
    await table.seqs(0);
    const { reads } = table;
    expect(await table.seqs(8)).toEqual([9, 10]);
    expect(table.reads).toBe(reads);
    expect(await table.seqs(1)).toHaveLength(9);
    expect(table.reads).toBe(reads + 1);
    table.log.rest();
    table.log.rest();
    expect(await table.seqs(8)).toEqual([9, 10]);
    expect(table.reads).toBe(reads + 2);
  });

  it('passes a failure on and reads again when asked again', async () => {
    const table = new Table();
    table.last = 1;
    table.failing = true;
    const asked = await Promise.allSettled([table.seqs(0), table.seqs(0)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    table.failing = false;
    expect(await table.seqs(0)).toEqual([1]);
  });
});
