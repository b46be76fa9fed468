import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Overlay } from '@hil/code-editing';
import type { PlanTask, ProjectGraph } from '@hil/contracts';
import {
  createRepository,
  plainGit,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import type { Worktree } from '@hil/version-control';
import type { StageContext } from '@hil/workflow';
import { csharp } from '../fixtures/every-operation/csharp.js';
import { java } from '../fixtures/every-operation/java.js';
import type { LanguageSample } from '../fixtures/every-operation/language-sample.js';
import { python } from '../fixtures/every-operation/python.js';
import { typescript } from '../fixtures/every-operation/typescript.js';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { openTree } from '../fixtures/open-tree.js';
import { gateEdits } from './gate-edits.js';
import { TaskEditing } from './task-editing.js';

// The TypeScript compiler is loaded for its rename and its move.
jest.setTimeout(180_000);

const SAMPLES = [typescript, python, java, csharp];
const before = Object.assign({}, ...SAMPLES.map((one) => one.before)) as Record<string, string>;
const after = Object.assign({}, ...SAMPLES.map((one) => one.after)) as Record<string, string>;

describe('every operation, as the editor carries it out', () => {
  let repository: TestRepository;
  let folder: TemporaryDirectory;
  let worktree: Worktree;
  let baseSha: string;
  let graph: ProjectGraph;

  beforeAll(async () => {
    repository = await createRepository(before);
    folder = await temporaryDirectory('hil-operations-');
    ({ worktree, baseSha } = await openTree(repository, folder.path));
    graph = await graphOfFiles(before);
  });
  afterAll(async () => {
    await worktree.dispose();
    await repository.remove();
    await folder.remove();
  });

  /** One task of a model: the operations, the gates, and its commit. */
  async function carryOut(sample: LanguageSample): Promise<string | null> {
    const approvedFiles = Object.keys({ ...sample.before, ...sample.after });
    const task: PlanTask = {
      id: sample.name,
      task: `Rename, move and delete in ${sample.name}`,
      files: approvedFiles,
      changes: [],
      tests: [],
      notes: '',
    };
    const warnings: string[] = [];
    const context = {
      run: { context: {} },
      signal: new AbortController().signal,
      log: (message: string) => warnings.push(message),
      checkpoint: () => Promise.resolve(),
    } as unknown as StageContext;
    const overlay = await Overlay.open(worktree.path);
    const files = Object.keys(before);
    const request = { context, task, files, graph, approvedFiles, worktree };
    const editing = new TaskEditing(request as unknown as ConstructorParameters<typeof TaskEditing>[0], overlay); // prettier-ignore
    const { apply_edits: apply, finish_task: finish } = editing.tools();
    await apply?.run({ operations: sample.operations });
    expect(warnings).toEqual([]);
    expect(await finish?.run({ summary: 'done' })).toEqual({ done: 'done' });
    await gateEdits(overlay, { approvedFiles, expectedDeletions: editing.expectedDeletions() }, []);
    await overlay.write();
    const author = { name: 'A', email: 'a@example.org' };
    return worktree.commitAll({ message: sample.name, author, date: new Date(0) });
  }

  it('does what it says in all four languages, one commit a language; the patch gives the same files', async () => {
    const commits: (string | null)[] = [];
    for (const sample of SAMPLES) commits.push(await carryOut(sample));
    expect(new Set(commits).size).toBe(SAMPLES.length);
    const head = commits.at(-1) ?? '';
    const [tree, patch] = [join(folder.path, 'clone'), join(folder.path, 'change.patch')];
    await writeFile(patch, await worktree.patch(baseSha, head));
    await plainGit(folder.path, 'clone', '-q', repository.bare, tree);
    await plainGit(tree, 'apply', patch);
    expect(await filesBelow(tree)).toEqual(after);
  });
});

async function filesBelow(tree: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(tree.length + 1);
    if (entry.isFile() && !path.startsWith('.git/'))
      found[path] = await readFile(join(tree, path), 'utf8');
  }
  return found;
}
