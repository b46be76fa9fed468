import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestRepository, createRepository, temporaryDirectory } from '@hil/testing';
import { openTree } from '../fixtures/open-tree.js';
import { type TaskAtHand, carryOutTask } from './carry-out-task.js';

describe('a task whose file is another than the one it was planned on', () => {
  let repository: TestRepository;
  let folder: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    repository = await createRepository({ 'a.js': 'const one = 1;\n' });
    folder = await temporaryDirectory('hil-carry-out-');
  });
  afterAll(async () => {
    await repository.remove();
    await folder.remove();
  });

  it('is refused before anything is done', async () => {
    const { worktree, baseSha } = await openTree(repository, folder.path);
    try {
      const task = {
        id: 'task-1',
        task: 'append to a.js: x',
        files: ['a.js'],
        base_blobs: { 'a.js': '1'.repeat(40) },
      };
      const at = {
        services: {},
        context: { run: { context: { plan: { base_sha: baseSha, plan: [task] } } } },
        worktree,
        edit: { headSha: baseSha, tasksDone: [], commits: [] },
        task,
        codeEdits: true,
      } as unknown as TaskAtHand;
      await expect(carryOutTask(at)).rejects.toMatchObject({
        code: 'approval_stale',
        message: expect.stringContaining('a.js (planned on 111111111111, now '),
      });
      expect(await worktree.head()).toBe(baseSha);
    } finally {
      await worktree.dispose();
    }
  });
});
