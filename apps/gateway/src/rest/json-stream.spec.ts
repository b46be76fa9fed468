import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { jsonPieces } from './json-stream.js';

/** V8 makes no string that is longer. */
const LONGEST_STRING = 2 ** 29 - 24;

describe('JSON in pieces', () => {
  it('is what JSON.stringify writes', () => {
    const values = [
      null,
      'a "quoted" é\n',
      [],
      {},
      [undefined, 1, [2, [3]]],
      { left: undefined, out: 1, 'a "name"': { deep: { deeper: { deepest: { bottom: [1] } } } } },
      { when: new Date(0), list: [{ a: 1 }, null], empty: { only: undefined } },
    ];
    for (const value of values) expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value));
  });

  it('may be longer than the longest string, and holds no more than a piece at a time', () => {
    const item = { text: 'x'.repeat(99_000) };
    const value = { data: { modules: Array.from({ length: 6_000 }, () => item) } };
    let length = 0;
    let longest = 0;
    for (const piece of jsonPieces(value)) {
      length += piece.length;
      longest = Math.max(longest, piece.length);
    }
    expect(length).toBeGreaterThan(LONGEST_STRING);
    expect(longest).toBeLessThan(200_000);
  });

  it('waits for a reader that is slow', async () => {
    let written = 0;
    const item = {
      toJSON() {
        written += 1;
        return 'x'.repeat(70_000);
      },
    };
    const stream = Readable.from(jsonPieces(Array.from({ length: 1_000 }, () => item)));
    await new Promise((resolve) => stream.once('readable', resolve));
    stream.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(100);
    stream.destroy();
  });
});
