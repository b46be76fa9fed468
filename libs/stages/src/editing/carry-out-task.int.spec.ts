import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { type TestRepository, createRepository, temporaryDirectory } from '@hil/testing';
import { MirrorStore, parseRepositoryAddress } from '@hil/version-control';
import { type TaskAtHand, carryOutTask } from './carry-out-task.js';

const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };

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
    const mirrors = new MirrorStore({
      dataDir: join(folder.path, 'data'),
      policy,
      limits: { maxMb: 50, maxFiles: 1000 },
    });
    const address = parseRepositoryAddress(repository.bare, policy);
    const { baseSha } = await mirrors.sync(address);
    const worktree = await mirrors.openWorktree({ address, runId: 'run-1', sha: baseSha });
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
