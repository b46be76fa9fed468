import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxMount } from '@hil/sandbox';

/**
 * Gives one run copies of its own of what an installation keeps writable (`node_modules/.cache` and its like), and
 * removes them: a cache that tests leave must not become code that later tests, or tests of others, run.
 */
export async function withOwnScratch<T>(
  mounts: readonly SandboxMount[] | undefined,
  work: (own: SandboxMount[]) => Promise<T>,
): Promise<T> {
  if (mounts === undefined || mounts.length === 0) return work([]);
  const folder = await mkdtemp(join(tmpdir(), 'hil-scratch-'));
  try {
    const own: SandboxMount[] = [];
    for (const [index, { source, target = source }] of mounts.entries()) {
      const copy = join(folder, String(index));
      await cp(source, copy, { recursive: true, verbatimSymlinks: true });
      own.push({ source: copy, target });
    }
    return await work(own);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
