import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import type { AgentUpdate } from '@hil/contracts';
import { FeedCursor, type FeedSink, type FeedSource } from './feed-cursor.js';
import { Turns } from './turns.js';

const SESSION = '6f8a7c1e-0000-4000-8000-000000000001';

function event(seq: number, type: 'log' | 'snapshot' = 'log'): AgentUpdate {
  const head = { timestamp: '2026-01-01T00:00:00Z', stage: 'planning', attempt: 1 } as const;
  const ids = { session_id: SESSION, run_id: SESSION, seq };
  return type === 'log'
    ? { ...head, ...ids, type, data: { message: `${seq}`, level: 'info', source: 'test' } }
    : { ...head, ...ids, type, data: { state: 'planning' } };
}

/** A log that answers after a moment, as a database does, and a socket that keeps what it got. */
class Fixture implements FeedSource, FeedSink {
  last = 0;
  dropped = 0;
  reads = 0;
  open = true;
  failing = false;
  readonly sent: string[] = [];
  readonly errors: unknown[] = [];

  async events(after: number, limit: number): Promise<AgentUpdate[]> {
    this.reads += 1;
    const { last } = this;
    await delay(1);
    if (this.failing) throw new Error('database is down');
    const from = Math.max(after, this.dropped) + 1;
    const count = Math.max(0, Math.min(limit, last - from + 1));
    return Array.from({ length: count }, (_, index) => event(from + index));
  }
  async bounds() {
    return { dropped: this.dropped, last: this.last };
  }
  async snapshot() {
    return { update: event(this.last, 'snapshot'), seq: this.last };
  }
  update({ seq, type }: AgentUpdate): void {
    this.sent.push(type === 'snapshot' ? `snapshot ${seq}` : `${seq}`);
  }
  resyncRequired(): void {
    this.sent.push('resync');
  }
  get writable(): boolean {
    return this.open;
  }
  async ready(): Promise<boolean> {
    return this.open;
  }
  cursor(position: number, ahead = false): FeedCursor {
    return new FeedCursor(
      SESSION,
      position,
      this,
      this,
      new Turns(),
      (error) => this.errors.push(error),
      ahead,
    );
  }
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

describe('FeedCursor', () => {
  it('sends each event once and in order, however the bells ring', async () => {
    const log = new Fixture();
    const cursor = log.cursor(0);
    for (let seq = 1; seq <= 2_000; seq += 1) {
      log.last = seq;
      if (seq % 3 === 0) cursor.wake(seq - 2);
      if (seq % 5 === 0) cursor.wake(seq);
      if (seq % 7 === 0) cursor.wake();
      if (seq % 100 === 0) await delay(1);
    }
    cursor.wake(2_000);
    while (log.sent.length < 2_000) await delay(1);
    expect(log.sent).toEqual(range(1, 2_000));
  });

  it('does not read for a bell it has passed', async () => {
    const log = new Fixture();
    log.last = 5;
    const cursor = log.cursor(5);
    cursor.wake(4);
    cursor.wake(5);
    await delay(5);
    expect(log.reads).toBe(0);
  });

  it('asks for a resync when the log no longer reaches back, and goes on live', async () => {
    const log = new Fixture();
    Object.assign(log, { last: 20, dropped: 10 });
    const cursor = log.cursor(3);
    cursor.wake();
    while (log.sent.length < 2) await delay(1);
    log.last = 22;
    cursor.wake(22);
    while (log.sent.length < 4) await delay(1);
    expect(log.sent).toEqual(['resync', 'snapshot 20', '21', '22']);
  });

  it('asks for a resync when all that was missed has been dropped', async () => {
    const log = new Fixture();
    Object.assign(log, { last: 20, dropped: 20 });
    log.cursor(3).wake(20);
    while (log.sent.length < 2) await delay(1);
    expect(log.sent).toEqual(['resync', 'snapshot 20']);
  });

  it('asks for a resync when the client is ahead of the log', async () => {
    const log = new Fixture();
    log.last = 2;
    log.cursor(9, true).wake();
    while (log.sent.length < 2) await delay(1);
    expect(log.sent).toEqual(['resync', 'snapshot 2']);
  });

  it('tries a resync again that could not be read, at whatever number rings', async () => {
    const log = new Fixture();
    log.last = 2;
    const read = jest.spyOn(log, 'snapshot').mockRejectedValueOnce(new Error('database is down'));
    const cursor = log.cursor(9, true);
    cursor.wake();
    while (log.errors.length === 0) await delay(1);
    cursor.wake(2);
    while (log.sent.length < 2) await delay(1);
    expect(log.sent).toEqual(['resync', 'snapshot 2']);
    read.mockRestore();
  });

  it('keeps its place over a failure of the log', async () => {
    const log = new Fixture();
    log.last = 3;
    log.failing = true;
    const cursor = log.cursor(0);
    cursor.wake(3);
    while (log.errors.length === 0) await delay(1);
    log.failing = false;
    cursor.wake(3);
    while (log.sent.length < 3) await delay(1);
    expect(log.sent).toEqual(['1', '2', '3']);
  });

  it('sends nothing after it was stopped or the socket went', async () => {
    const log = new Fixture();
    log.last = 3;
    const cursor = log.cursor(0);
    cursor.wake();
    cursor.stop();
    log.open = false;
    log.cursor(0).wake();
    await delay(10);
    expect(log.sent).toEqual([]);
  });
});
