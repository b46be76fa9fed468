import { describe, expect, it } from '@jest/globals';
import { fitting } from './fitting.js';

const LIMIT = 256 * 1024;
const size = (data: object): number => Buffer.byteLength(JSON.stringify(data));

describe('the data of an event', () => {
  it('is itself when it fits', () => {
    const data = { files: ['a'] };
    expect(fitting(data)).toBe(data);
  });

  it('loses the ends of its longest lists when it does not, and says so', () => {
    const hunk = (at: number) => ({ id: `src/f${at}.ts#1`, diff: 'x'.repeat(600) });
    const blobs = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, at) => [`src/f${at}.ts`, 'b'.repeat(40)]),
    );
    const whole = {
      message: 'may it go on?',
      plan: { tasks: [{ id: 't1', files: ['src/f0.ts'], blobs }] },
      hunks: Array.from({ length: 600 }, (_, at) => hunk(at)),
    };
    const before = size(whole);
    const cut = fitting(whole);
    expect(size(cut)).toBeLessThan(LIMIT);
    expect(cut).toMatchObject({ truncated: true, message: 'may it go on?' });
    expect(cut.plan.tasks[0]).toMatchObject({ id: 't1', files: ['src/f0.ts'] });
    expect(cut.hunks.length).toBeGreaterThan(0);
    expect(cut.hunks[0]).toEqual(hunk(0));
    expect(size(whole)).toBe(before);
  });

  it('stays too long when no list is', () => {
    const text = 'x'.repeat(300_000);
    expect(fitting({ text })).toEqual({ text, truncated: true });
  });
});
