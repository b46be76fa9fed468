import { describe, expect, it } from '@jest/globals';
import type { PlanTask } from '@hil/contracts';
import { baseBlobs } from '../shared/base-blobs.js';
import { refuseOtherFiles } from './refuse-other-files.js';

const [ONE, TWO] = ['1'.repeat(40), '2'.repeat(40)];

const task = (base_blobs?: Record<string, string>): PlanTask => ({
  id: 'task-2',
  task: 'change a.ts',
  files: ['a.ts'],
  changes: [],
  tests: [],
  notes: '',
  ...(base_blobs === undefined ? {} : { base_blobs }),
});
const at = (blob?: string) => new Map(blob === undefined ? [] : [['a.ts', blob]]);

describe('the files a task was planned on', () => {
  it('are the ones it is carried out on', () => {
    expect(() => refuseOtherFiles(task({ 'a.ts': ONE }), at(ONE))).not.toThrow();
    expect(() => refuseOtherFiles(task(), at(ONE))).not.toThrow();
  });

  it('are refused when they are others by now, or gone', () => {
    expect(() => refuseOtherFiles(task({ 'a.ts': TWO }), at(ONE))).toThrow(
      'task-2 was planned on other files than there are now, so nothing was changed: a.ts (planned on 222222222222, now 111111111111)',
    );
    expect(() => refuseOtherFiles(task({ 'a.ts': TWO }), at())).toThrow('gone');
  });

  it('are named by the planner as far as they exist', () => {
    const tracked = [
      { path: 'a.ts', blob: ONE },
      { path: 'b.ts', blob: TWO },
    ];
    expect(baseBlobs(['a.ts', 'new.ts'], tracked)).toEqual({ 'a.ts': ONE });
  });
});
