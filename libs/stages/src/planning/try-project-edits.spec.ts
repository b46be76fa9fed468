import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlanTask, ProjectEdit } from '@hil/contracts';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { tryProjectEdits } from './try-project-edits.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const FILES = {
  'a.py': 'def area(r):\n    return r\n',
  'b.py': 'from a import area\n\nprint(area(1))\n',
};

async function tried(edits: ProjectEdit[], more: Partial<PlanTask> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'hil-plan-'));
  folders.push(root);
  for (const [path, text] of Object.entries(FILES)) await writeFile(join(root, path), text);
  const task: PlanTask = { id: 'task-1', task: 'x', files: ['a.py'], changes: [], tests: [], notes: '', project_edits: edits, ...more }; // prettier-ignore
  const { signal } = new AbortController();
  const graph = await graphOfFiles(FILES);
  return tryProjectEdits([task], { root, files: Object.keys(FILES), graph, signal });
}

const rename: ProjectEdit = { op: 'rename_symbol', path: 'a.py', symbol: 'area', new_name: 'surface' }; // prettier-ignore
const move: ProjectEdit = { op: 'move_file', path: 'a.py', to: 'lib_a.py' };

describe('the renames and moves that a plan announces', () => {
  it('are counted before anybody approves, whatever the plan itself says, and their files are named', async () => {
    const { tasks, wrong } = await tried([{ ...rename, expected: { edits: 99, files: 9 } }, move]);
    expect(wrong).toEqual([]);
    expect(tasks[0]?.project_edits).toEqual([
      { ...rename, expected: { edits: 3, files: 2 } },
      { ...move, expected: { edits: 1, files: 3 } },
    ]);
    expect(tasks[0]?.files.sort()).toEqual(['a.py', 'b.py', 'lib_a.py']);
    expect(tasks[0]?.new_files).toEqual(['lib_a.py']);
    expect(tasks[0]?.changes).toEqual([
      'the rename of area in a.py to surface: 3 edits in 2 files',
      'the move of a.py to lib_a.py: 1 edit in 3 files',
    ]);
  });

  it('that can not be made are said and left out', async () => {
    const { tasks, wrong } = await tried([{ ...rename, symbol: 'aera' }]);
    expect(wrong).toEqual([
      "task-1: the rename of aera in a.py to surface can't be made: a.py declares no aera at module level. It declares area.",
    ]);
    expect(tasks[0]).toMatchObject({ files: ['a.py'], changes: [] });
    expect(tasks[0]?.project_edits).toBeUndefined();
  });
});
