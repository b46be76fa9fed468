import { describe, expect, it } from '@jest/globals';
import type { PlanTask, ProjectEdit } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { type MadeEdit, unannounced } from './announced-edits.js';
import { requireAnnounced } from './expected-edits.js';
import { ScopeExceeded } from './scope-exceeded.js';

const rename: ProjectEdit = { op: 'rename_symbol', path: 'a.ts', symbol: 'one', new_name: 'two' };
const move: ProjectEdit = { op: 'move_file', path: 'b.ts', to: 'c.ts' };
const made = (operation: ProjectEdit, edits: number, files: number): MadeEdit => ({
  operation,
  reach: { edits, files },
});
const task = (...edits: ProjectEdit[]): PlanTask => ({
  id: 't1',
  task: 'x',
  files: [],
  changes: [],
  tests: [],
  notes: '',
  project_edits: edits,
});
const expected = (edit: ProjectEdit, edits: number, files: number): ProjectEdit => ({
  ...edit,
  expected: { edits, files },
});

describe('renames and moves of a model', () => {
  it('pass when they come to what the plan announces', () => {
    const plan = task(expected(rename, 3, 2), expected(move, 1, 3));
    expect(unannounced(plan, [made(move, 1, 3), made(rename, 3, 2)])).toEqual([]);
  });

  it('pass without a word when the plan names both paths of a file that nobody imports', () => {
    expect(unannounced(task(), [made(move, 0, 2)])).toEqual([]);
  });

  it.each([
    [
      'another number of edits',
      [made(rename, 4, 2)],
      'the rename of one in a.ts to two comes to 4 edits in 2 files, and the plan said 3 edits in 2 files',
    ],
    [
      'another number of files',
      [made(rename, 3, 3)],
      'the rename of one in a.ts to two comes to 3 edits in 3 files, and the plan said 3 edits in 2 files',
    ],
    [
      'another new name',
      [made(rename, 3, 2), made({ ...rename, new_name: 'three' }, 3, 2)],
      'the rename of one in a.ts to three comes to 3 edits in 2 files, and the plan does not announce it',
    ],
    [
      'a move that rewrites imports',
      [made(rename, 3, 2), made(move, 1, 3)],
      'the move of b.ts to c.ts comes to 1 edit in 3 files, and the plan does not announce it',
    ],
    ['nothing', [], 'the rename of one in a.ts to two, which the plan announces, was not made'],
  ])('are told apart by %s', (_what, all, sentence) => {
    expect(unannounced(task(expected(rename, 3, 2)), all)).toEqual([sentence]);
  });

  it('that differ ask a person, whose yes is for that number of edits alone', () => {
    const during = (agreedEdits?: Record<string, number>) =>
      ({ run: { context: { agreedEdits } } }) as unknown as StageContext;
    const plan = task(expected(rename, 3, 2));
    const other = { differences: unannounced(plan, [made(rename, 4, 2)]), edits: 4 };
    expect(() => requireAnnounced(during(), plan, other)).toThrow(ScopeExceeded);
    expect(() => requireAnnounced(during({ t1: 3 }), plan, other)).toThrow(
      /^t1: .*May it go on\?$/,
    );
    expect(() => requireAnnounced(during({ t1: 4 }), plan, other)).not.toThrow();
    expect(() => requireAnnounced(during(), plan, { differences: [], edits: 3 })).not.toThrow();
  });
});
