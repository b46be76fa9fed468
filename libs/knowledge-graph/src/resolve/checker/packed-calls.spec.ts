import { describe, expect, it } from '@jest/globals';
import type { CheckedFile } from './checked-call.js';
import { callsKey, packCalls, unpackCalls } from './packed-calls.js';

const files: CheckedFile[] = [
  {
    path: 'src/é"x.ts',
    calls: [
      {
        line: 3,
        name: 'find',
        outcome: 'project',
        targets: [
          { path: 'src/a.ts', line: 70_000, name: 'find' },
          { path: 'src/é"x.ts', line: 1, name: '#private' },
        ],
      },
      { line: 4, name: 'map', outcome: 'elsewhere', targets: [] },
      { line: 4, name: 'find', outcome: 'unknown', targets: [] },
    ],
  },
  { path: 'src/a.ts', calls: [] },
];

describe('packed calls', () => {
  it('come out as they went in', () => {
    expect([...(unpackCalls(packCalls(files)) ?? [])]).toEqual(
      files.map((file) => [file.path, file]),
    );
  });

  it('are unknown, and no failure, when the text is not one of ours', () => {
    expect(unpackCalls('')).toBeNull();
    expect(unpackCalls(Buffer.from('{}').toString('base64'))).toBeNull();
  });

  it('have another key when a file, its place, or what an import means is another', () => {
    const known = { path: 'a.ts', blobId: '1' };
    const imports = (target: string) => new Map([['a.ts', new Map([['./b', target]])]]);
    const keys = [
      callsKey([known], imports('b.ts')),
      callsKey([{ ...known, blobId: '2' }], imports('b.ts')),
      callsKey([{ ...known, path: 'b.ts' }], imports('b.ts')),
      callsKey([known], imports('b/index.ts')),
      callsKey([known, { path: 'c.ts', blobId: '1' }], imports('b.ts')),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(callsKey([known], imports('b.ts'))).toBe(keys[0]);
  });
});
