import { describe, expect, it } from '@jest/globals';
import { withHunks } from './hunks.js';

describe('withHunks', () => {
  it('takes files of 200,000 lines', () => {
    const lines = 200_000;
    const before = Buffer.from('a\n'.repeat(lines));
    const after = Buffer.from('b\n'.repeat(lines));
    const all = { oldStart: 0, oldCount: lines, newStart: 0, newCount: lines };
    const last = { oldStart: lines - 1, oldCount: 1, newStart: lines - 1, newCount: 1 };
    expect(withHunks(before, after, []).equals(before)).toBe(true);
    expect(withHunks(before, after, [all]).equals(after)).toBe(true);
    const mixed = Buffer.from(`${'a\n'.repeat(lines - 1)}b\n`);
    expect(withHunks(before, after, [last]).equals(mixed)).toBe(true);
  });
});
