import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Overlay, blobId } from '@hil/code-editing';
import type { Operation, PlanTask } from '@hil/contracts';
import type { EditDraft, StageContext } from '@hil/workflow';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { type ModelEditRequest, TaskEditing } from './task-editing.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const BEFORE = 'const one = 1;\n';
const task: PlanTask = { id: 'task-1', task: 'x', files: ['a.js'], changes: [], tests: [], notes: '' }; // prettier-ignore

/** A task in a tree of one file, and the draft that it keeps. */
async function atWork(text: string, path = 'a.js') {
  const root = await mkdtemp(join(tmpdir(), 'hil-task-'));
  folders.push(root);
  await writeFile(join(root, path), text);
  const kept: { draft?: EditDraft } = {};
  const context = {
    run: { context: {} },
    signal: new AbortController().signal,
    log: () => undefined,
    checkpoint: ({ context: { draft } }: { context: { draft: EditDraft } }) => {
      kept.draft = draft;
      return Promise.resolve();
    },
  } as unknown as StageContext;
  const graph = await graphOfFiles({ [path]: text });
  const request = { context, task, graph, files: [path], approvedFiles: [path] };
  const overlay = await Overlay.open(root);
  return {
    overlay,
    kept,
    editing: new TaskEditing(request as unknown as ModelEditRequest, overlay),
  };
}

const change: Operation = {
  op: 'search_replace',
  path: 'a.js',
  search: 'one = 1',
  replace: 'one = 11',
  expected_count: 1,
};

describe('a task that a model edits', () => {
  it('binds each operation to the file it is made on', async () => {
    const { editing, kept } = await atWork(BEFORE);
    const apply = editing.tools()['apply_edits'];
    await apply?.run({ operations: [change] });
    expect(kept.draft?.operations).toEqual([{ ...change, base_blob: blobId(Buffer.from(BEFORE)) }]);
    const stale = await apply?.run({ operations: [{ ...change, base_blob: '0'.repeat(40) }] });
    expect(JSON.stringify(stale)).toContain('is another file by now');
    expect(kept.draft?.operations).toHaveLength(1);
  });

  it('goes on from its draft on the same file, and begins again on another', async () => {
    const first = await atWork(BEFORE);
    await first.editing.tools()['apply_edits']?.run({ operations: [change] });
    const draft: EditDraft = {
      taskId: 'task-1',
      operations: [],
      ...first.kept.draft,
      summary: 'done',
    };

    const same = await atWork(BEFORE);
    expect(await same.editing.resume(draft)).toBe('done');
    expect(await same.overlay.read('a.js')).toBe('const one = 11;\n');

    const other = await atWork(`// Another.\n${BEFORE}`);
    expect(await other.editing.resume(draft)).toBeUndefined();
    expect(await other.overlay.changedFiles()).toEqual([]);
    expect(await readFile(join(other.overlay.root, 'a.js'), 'utf8')).toContain('// Another.');
  });

  it('is asked once about a rename that the plan does not announce, and then a person is', async () => {
    const { editing } = await atWork('one = 1\n', 'a.py');
    const { apply_edits: apply, finish_task: finish } = editing.tools();
    await apply?.run({
      operations: [{ op: 'rename_symbol', path: 'a.py', symbol: 'one', new_name: 'two' }],
    });
    expect(JSON.stringify(await finish?.run({ summary: 'done' }))).toContain(
      'the rename of one in a.py to two comes to 1 edit in 1 file, and the plan does not announce it',
    );
    expect(await finish?.run({ summary: 'done' })).toEqual({ done: 'done' });
    expect(editing.unannounced()).toEqual([expect.stringContaining('to two')]);
  });

  it('may undo a rename: nothing is asked about what is no longer there', async () => {
    const { editing, overlay } = await atWork('one = 1\n', 'a.py');
    const { apply_edits: apply, finish_task: finish } = editing.tools();
    const rename = (symbol: string, newName: string) =>
      ({ op: 'rename_symbol', path: 'a.py', symbol, new_name: newName }) as const;
    await apply?.run({ operations: [rename('one', 'two'), rename('two', 'one')] });
    expect(await overlay.changedFiles()).toEqual([]);
    expect(await finish?.run({ summary: 'done' })).toEqual({ done: 'done' });
    expect(editing.unannounced()).toEqual([]);
  });
});
