import { describe, expect, it } from '@jest/globals';
import type { LinkedCall } from './checked-call.js';
import { packCalls, unpackCalls } from './packed-calls.js';

const calls: LinkedCall[] = [
  {
    line: 3,
    name: 'find',
    outcome: 'project',
    targets: ['sym:src/a.ts#A.find', 'sym:é"x.ts#find'],
  },
  { line: 4, name: 'map', outcome: 'elsewhere', targets: [] },
  { line: 70_000, name: '#private', outcome: 'unknown', targets: [] },
];

describe('packed calls', () => {
  it('come out as they went in', () => {
    expect(unpackCalls(packCalls(calls))).toEqual(calls);
    expect(unpackCalls(packCalls([]))).toEqual([]);
  });

  it('are unknown, and no failure, when the text is not one of ours', () => {
    for (const text of ['', '{}', '[[1']) expect(unpackCalls(text)).toBeNull();
  });
});
