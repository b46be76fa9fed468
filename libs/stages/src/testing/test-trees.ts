import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '@hil/workflow';
import { editBase } from '../shared/edit-base.js';
import { required } from '../shared/requirements.js';
import type { StageServices } from '../shared/stage-services.js';
import { ownFolders } from '../shared/test-trees-folder.js';

export interface TestTrees {
  /** Clean exports without any git metadata: what tests write there is thrown away. */
  base: string;
  head: string;
  /** Object id of the base's git tree. */
  baseTree: string;
  /** Installed dependencies, shared by runs with the same manifests. */
  cache: string;
}

/** Exports base and head for the time of `work`; removed afterwards whatever happens. */
export async function withTestTrees<T>(
  services: StageServices,
  context: StageContext,
  work: (trees: TestTrees) => Promise<T>,
): Promise<T> {
  const { address } = services.repositories.of(context);
  const baseSha = editBase(context);
  const { headSha } = required(context, 'edit');
  const { trees, cache } = await ownFolders(services.config.dataDir);
  const folder = join(trees, context.run.id, randomBytes(6).toString('hex'));
  const folders = {
    base: join(folder, 'base'),
    head: join(folder, 'head'),
    cache,
  };
  try {
    const { mirrors } = services.repositories;
    const { signal } = context;
    const bundle = await services.repositories.bundle(context);
    const { treeId } = await mirrors.exportTree(address, baseSha, folders.base, { signal });
    const report = await mirrors.exportTree(address, headSha, folders.head, { bundle, signal });
    for (const path of report.unsafeSymlinks.slice(0, 10)) {
      context.log(`symlink ${path} leaves the repository; the tests see a plain file`, 'warning');
    }
    return await work({ ...folders, baseTree: treeId });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
