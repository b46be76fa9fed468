import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder and the way to remove it with all it holds. */
export interface TemporaryDirectory {
  path: string;
  remove(): Promise<void>;
}

/** Makes an empty folder of mode 0700 below the system's temporary folder. */
export async function temporaryDirectory(prefix = 'hil-test-'): Promise<TemporaryDirectory> {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
