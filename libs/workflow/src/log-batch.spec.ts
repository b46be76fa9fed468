import { setTimeout as sleep } from 'node:timers/promises';
import type { NewUpdate } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { LogBatch } from './log-batch.js';

const line = (
  message: string,
  source = 'tests',
  level: 'info' | 'error' = 'info',
): Extract<NewUpdate, { type: 'log' }> => ({ type: 'log', data: { message, level, source } });
const status: NewUpdate = { type: 'status', data: { state: 'editing', message: 'Editing.' } };

function recorded(): { writes: NewUpdate[][]; batch: LogBatch } {
  const writes: NewUpdate[][] = [];
  const batch = new LogBatch((updates) => {
    writes.push(updates);
    return Promise.resolve();
  });
  return { writes, batch };
}

const text = (writes: NewUpdate[][]): string[] =>
  writes.flat().map((update) => (update.type === 'log' ? update.data.message : `<${update.type}>`));

describe('a log batch', () => {
  it('joins lines of one source and level that come together, in order', async () => {
    const { writes, batch } = recorded();
    batch.add(line('one'));
    batch.add(line('two'));
    await batch.flush();
    expect(writes).toEqual([[line('one\ntwo')]]);
  });

  it('does not join lines of different sources or levels', async () => {
    const { writes, batch } = recorded();
    batch.add(line('one', 'git'));
    batch.add(line('two', 'tests'));
    batch.add(line('three', 'tests', 'error'));
    await batch.flush();
    expect(text(writes)).toEqual(['one', 'two', 'three']);
  });

  it('writes a decision at once, behind the lines that came before it', async () => {
    const { writes, batch } = recorded();
    batch.add(line('before'));
    const written = batch.flush(status);
    batch.add(line('after'));
    await written;
    expect(text(writes)).toEqual(['before', '<status>']);
    await batch.flush();
    expect(text(writes)).toEqual(['before', '<status>', 'after']);
  });

  it('writes waiting lines by itself after about 25 ms', async () => {
    const { writes, batch } = recorded();
    batch.add(line('alone'));
    expect(writes).toEqual([]);
    await sleep(150);
    expect(text(writes)).toEqual(['alone']);
  });

  it('writes at once when 16 KiB are gathered', async () => {
    const { writes, batch } = recorded();
    const long = 'x'.repeat(9_000);
    batch.add(line(long));
    batch.add(line(long));
    await Promise.resolve();
    await Promise.resolve();
    expect(text(writes)).toEqual([long, long]);
    await batch.flush();
  });

  it('keeps the order when a write is slow', async () => {
    const writes: NewUpdate[][] = [];
    let first = true;
    const batch = new LogBatch(async (updates) => {
      if (first) {
        first = false;
        await sleep(40);
      }
      writes.push(updates);
    });
    batch.add(line('1'));
    void batch.flush();
    batch.add(line('2'));
    void batch.flush(status);
    batch.add(line('3'));
    await batch.flush();
    expect(text(writes)).toEqual(['1', '2', '<status>', '3']);
  });

  it('cuts a line that is too long for an event and says so', async () => {
    const { writes, batch } = recorded();
    batch.add(line('y'.repeat(40_000)));
    await batch.flush();
    const [written = ''] = text(writes);
    expect(written.length).toBeLessThan(33_000);
    expect(written).toMatch(/\[7232 more characters were cut\]$/);
  });

  it('fails every later call once a write has failed, and writes no more', async () => {
    let calls = 0;
    const batch = new LogBatch(() => {
      calls += 1;
      return Promise.reject(new Error('lease lost'));
    });
    batch.add(line('lost'));
    await sleep(80);
    batch.add(line('later'));
    await expect(batch.flush(status)).rejects.toThrow('lease lost');
    await expect(batch.flush()).rejects.toThrow('lease lost');
    expect(calls).toBe(1);
  });
});
