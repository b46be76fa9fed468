import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Summary } from '@hil/contracts';
import { plainGit, temporaryDirectory } from '@hil/testing';
import { folderFiles } from './repositories.js';
import type { Served } from './world.js';

/** Every file of a repository as plain git makes it with the patch of a run. */
export async function appliedPatch(
  repository: Served,
  http: string,
  summary: Summary,
): Promise<Record<string, string>> {
  const folder = await temporaryDirectory('hil-patch-');
  try {
    const [tree, patch] = [join(folder.path, 'tree'), join(folder.path, 'change.patch')];
    await writeFile(patch, await (await fetch(`${http}${summary.patch_url}`)).text());
    await plainGit(folder.path, 'clone', '-q', repository.bare, tree);
    await plainGit(tree, 'apply', patch);
    return Object.fromEntries(
      Object.entries(folderFiles(tree))
        .filter(([path]) => !path.startsWith('.git/'))
        .map(([path, content]) => [path, String(content)]),
    );
  } finally {
    await folder.remove();
  }
}
