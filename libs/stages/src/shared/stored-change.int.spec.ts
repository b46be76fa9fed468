import { expect, it } from '@jest/globals';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeChange } from '@hil/contracts';
import { createRepository, temporaryDirectory } from '@hil/testing';
import { openTree } from '../fixtures/open-tree.js';
import { finalChanges } from './stored-change.js';

const many = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');

it('shows renames and modes as git does, and links from a diff that is cut to the whole patch', async () => {
  const repository = await createRepository({ 'old.txt': many, 'run.sh': 'echo\n' });
  const folder = await temporaryDirectory('hil-shown-');
  try {
    const { worktree, baseSha } = await openTree(repository, folder.path);
    await rename(join(worktree.path, 'old.txt'), join(worktree.path, 'new.txt'));
    await chmod(join(worktree.path, 'run.sh'), 0o755);
    await writeFile(join(worktree.path, 'big.txt'), many.repeat(2_000));
    const author = { name: 'A', email: 'a@example.org' };
    const sha = await worktree.commitAll({ message: 'x', author, date: new Date(0) });
    const updates = await finalChanges(worktree, {
      runId: 'run-1',
      before: baseSha,
      sha: sha ?? '',
    });
    const shown = Object.fromEntries(
      updates.map(({ data }) => data as CodeChange).map((change) => [change.file, change]),
    );
    expect(shown['new.txt']).toMatchObject({ status: 'renamed', old_file: 'old.txt' });
    expect(shown['new.txt']?.diff).toContain('similarity index 100%\nrename from old.txt\nrename to new.txt\n'); // prettier-ignore
    expect(shown['run.sh']?.diff).toContain('old mode 100644\nnew mode 100755\n');
    expect(shown['run.sh']?.patch_url).toBeUndefined();
    expect(shown['big.txt']).toMatchObject({
      status: 'added',
      truncated: true,
      patch_url: '/api/runs/run-1/patch',
    });
    expect(Buffer.byteLength(shown['big.txt']?.diff ?? '')).toBeLessThanOrEqual(180 * 1024);
    await worktree.dispose();
  } finally {
    await repository.remove();
    await folder.remove();
  }
});
