import { describe, expect, it } from '@jest/globals';
import { requireReach } from './operation-reach.js';

const lines = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${index}\n`).join('');

describe('the reach of an operation', () => {
  it('may remove the lines it is about, and add any number', () => {
    expect(() => requireReach('a', lines(9), lines(7), 2)).not.toThrow();
    expect(() => requireReach('a', lines(9), lines(12), 0)).not.toThrow();
  });

  it('may not remove more', () => {
    expect(() => requireReach('a', lines(9), lines(6), 2)).toThrow(/remove 3 lines and is about 2/);
    expect(() => requireReach('a', lines(2_337), 'line 0\n', 1)).toThrow(/2336 lines/);
  });
});
