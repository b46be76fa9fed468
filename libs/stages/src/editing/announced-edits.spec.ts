import { describe, expect, it } from '@jest/globals';
import type { PlanTask, ProjectEdit } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import { type MadeEdit, unannounced, withMade } from './announced-edits.js';
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
    [
      'strings that are to be kept',
      [made({ ...rename, keep_strings: true }, 3, 2)],
      'the rename of one in a.ts to two (strings kept) comes to 3 edits in 2 files, and the plan does not announce it',
    ],
    ['nothing', [], 'the rename of one in a.ts to two, which the plan announces, was not made'],
  ])('are told apart by %s', (_what, all, sentence) => {
    expect(unannounced(task(expected(rename, 3, 2)), all)).toContain(sentence);
  });

  it('that differ ask a person, whose yes is for those edits alone, not for others of the same number', () => {
    const during = (agreedEdits?: Record<string, string>) =>
      ({ run: { context: { agreedEdits } } }) as unknown as StageContext;
    const plan = task();
    const asked = (newName: string): string | undefined => {
      try {
        const edits = unannounced(plan, [made({ ...rename, new_name: newName }, 3, 2)]);
        requireAnnounced(during(agreed), plan, edits);
        return undefined;
      } catch (error) {
        if (!(error instanceof ScopeExceeded)) throw error;
        expect(error.message).toMatch(/^t1: .*May it go on\?$/);
        return error.edits?.edits;
      }
    };
    let agreed: Record<string, string> | undefined;
    const words = asked('two');
    expect(words).toContain('to two comes to 3 edits in 2 files');
    agreed = { t1: words ?? '' };
    expect(asked('two')).toBeUndefined();
    expect(asked('three')).toContain('to three comes to 3 edits in 2 files');
    agreed = undefined;
    expect(() => requireAnnounced(during(), plan, [])).not.toThrow();
  });

  it.each<[string, ProjectEdit, ProjectEdit]>([
    ['a rename', rename, { ...rename, symbol: 'two', new_name: 'one' }],
    [
      'the rename of a member',
      { ...rename, symbol: 'A.one' },
      { ...rename, symbol: 'A.two', new_name: 'one' },
    ],
    ['a move', move, { ...move, path: 'c.ts', to: 'b.ts' }],
  ])('that are undone count no more: %s', (_what, there, back) => {
    const first = made(there, 3, 2);
    expect(withMade([first], made(back, 3, 2))).toEqual([]);
    // Not all of it was undone.
    expect(withMade([first], made(back, 2, 2))).toHaveLength(2);
    expect(withMade([first], first)).toHaveLength(2);
  });
});
