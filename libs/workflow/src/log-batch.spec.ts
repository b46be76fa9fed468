import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';
import type { NewUpdate } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { LogBatch } from './log-batch.js';
import { LogGate } from './log-gate.js';

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
    expect(text(writes).slice(0, 2)).toEqual(['before', '<status>']);
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
    await immediate();
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
    await immediate();
    batch.add(line('2'));
    void batch.flush(status);
    batch.add(line('3'));
    await batch.flush();
    expect(text(writes)).toEqual(['1', '2', '<status>', '3']);
  });

  it('gathers what comes during a write into the next one, up to a limit', async () => {
    const writes: NewUpdate[][] = [];
    const batch = new LogBatch(async (updates) => {
      writes.push(updates);
      await sleep(20);
    });
    const block = 'x'.repeat(16 * 1024);
    for (let n = 0; n < 40; n += 1) batch.add(line(`${n} ${block}`));
    await batch.flush(status);
    expect(text(writes).map((message) => message.split(' ')[0])).toEqual([
      ...Array.from({ length: 40 }, (_, n) => `${n}`),
      '<status>',
    ]);
    expect(writes.length).toBeLessThan(6);
    for (const each of writes) expect(text([each]).join('').length).toBeLessThan(300_000);
  });

  it('lets whoever makes lines wait for room until they are written', async () => {
    let written = 0;
    const batch = new LogBatch(async (updates) => {
      await sleep(5);
      written += text([updates]).join('').length;
    });
    await batch.room();
    for (let n = 0; n < 200; n += 1) batch.add(line('x'.repeat(8 * 1024)));
    await batch.room();
    expect(written).toBeGreaterThan(500_000);
  });

  it('waits at the gate with lines, but not once a decision is behind them', async () => {
    const gate = new LogGate(1);
    const held = gate.enter();
    const writes: NewUpdate[][] = [];
    const batch = new LogBatch((updates) => {
      writes.push(updates);
      return Promise.resolve();
    }, gate);
    batch.add(line('waits'));
    await sleep(80);
    expect(writes).toEqual([]);
    await batch.flush(status);
    expect(text(writes)).toEqual(['waits', '<status>']);
    batch.add(line('waits again'));
    await sleep(80);
    expect(text(writes)).toEqual(['waits', '<status>']);
    held.leave();
    await immediate();
    expect(text(writes)).toEqual(['waits', '<status>', 'waits again']);
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
