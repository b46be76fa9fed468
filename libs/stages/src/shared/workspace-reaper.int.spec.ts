import { expect, it } from '@jest/globals';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@hil/testing';
import { MirrorStore } from '@hil/version-control';
import { TEST_TREES_FOLDER } from './test-trees-folder.js';
import { WorkspaceReaper } from './workspace-reaper.js';

it('removes the test trees of dead runs, never those of a run that begins meanwhile', async () => {
  const folder = await temporaryDirectory('hil-reaper-');
  const tree = (runId: string): string => join(folder.path, TEST_TREES_FOLDER, runId);
  for (const runId of ['dead', 'live']) await mkdir(tree(runId), { recursive: true });
  const reaper = new WorkspaceReaper({
    dataDir: folder.path,
    mirrors: new MirrorStore({
      dataDir: folder.path,
      policy: { allowedHosts: [], allowHttp: false, allowLocalPaths: true },
      limits: { maxMb: 1, maxFiles: 1 },
    }),
    liveRunIds: async () => {
      await mkdir(tree('beginner'), { recursive: true });
      return ['live'];
    },
    warn: (facts, message) => {
      throw new Error(`${message}: ${JSON.stringify(facts)}`);
    },
  });
  try {
    reaper.start();
    await reaper.stop();
    expect((await readdir(join(folder.path, TEST_TREES_FOLDER))).sort()).toEqual([
      'beginner',
      'live',
    ]);
  } finally {
    await folder.remove();
  }
});
