import { readFile, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorStore } from './mirror-store.js';
import { withRepositoryLock } from './repository-lock.js';

/** Who still lives. */
export interface ReapOptions {
  liveRunIds: ReadonlySet<string> | readonly string[];
  /** Younger folders stay: their run may have begun after the list was read. Milliseconds, default 60 s. */
  minAgeMs?: number | undefined;
}

/** What was removed. */
export interface ReapReport {
  worktrees: number;
  pins: number;
}

/** Folders of single operations, which belong to no run and remove themselves unless the process dies. */
const TRANSIENT = new Set(['export', 'push', 'local']);

/** Removes worktrees, git dirs and pins of runs that are not live. Mirrors stay. Safe to run at any time. */
export async function reap(store: MirrorStore, options: ReapOptions): Promise<ReapReport> {
  const live = new Set(options.liveRunIds);
  const minAge = options.minAgeMs ?? 60_000;
  const report: ReapReport = { worktrees: 0, pins: 0 };
  for (const root of [store.layout.gitDirs, store.layout.worktrees]) {
    for (const runId of await list(root)) {
      if (live.has(runId)) continue;
      const patience = TRANSIENT.has(runId) ? Math.max(minAge, 3_600_000) : minAge;
      for (const nonce of await list(join(root, runId))) {
        const folder = join(root, runId, nonce);
        if ((await ageOf(folder)) < patience) continue;
        const elsewhere = await readFile(join(folder, 'hil-worktree'), 'utf8').catch(() => '');
        if (root === store.layout.gitDirs && elsewhere !== '') {
          await rm(elsewhere, { recursive: true, force: true });
          report.worktrees += 1;
        }
        await rm(folder, { recursive: true, force: true });
      }
      await rmdir(join(root, runId)).catch(() => undefined);
    }
  }
  for (const name of await list(store.layout.mirrors)) {
    report.pins += await reapPins(store, name, live);
  }
  return report;
}

async function reapPins(store: MirrorStore, name: string, live: ReadonlySet<string>) {
  const gitDir = join(store.layout.mirrors, name);
  const text = await store.git
    .line(['for-each-ref', '--format=%(refname)', 'refs/hil/'], { gitDir })
    .catch(() => '');
  const dead = text
    .split('\n')
    .filter((ref) => ref !== '' && !live.has(ref.slice('refs/hil/'.length)));
  if (dead.length === 0) return 0;
  const lock = join(store.layout.locks, `${name.replace(/\.git$/, '')}.lock`);
  await withRepositoryLock(lock, undefined, () =>
    store.git.ok(['update-ref', '--no-deref', '--stdin'], {
      gitDir,
      input: dead.map((ref) => `delete ${ref}\n`).join(''),
    }),
  );
  return dead.length;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
}
