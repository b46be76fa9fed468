import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Where copies that a repository's own code runs in lie below DATA_DIR; a folder a run, so that the reaper finds them. */
export const TEST_TREES_FOLDER = 'test-trees';
const DEPENDENCIES_FOLDER = 'dependencies';

/** Makes them, for nobody else of this machine: a test may leave a setuid program, which belongs to us outside. */
export async function ownFolders(dataDir: string): Promise<{ trees: string; cache: string }> {
  const [trees, cache] = [join(dataDir, TEST_TREES_FOLDER), join(dataDir, DEPENDENCIES_FOLDER)];
  for (const path of [trees, cache]) {
    await mkdir(path, { recursive: true });
    await chmod(path, 0o700);
  }
  return { trees, cache };
}
