import { readFile, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorStore } from './mirror-store.js';
import { withFileLock } from './file-lock.js';

/** Who still lives. */
export interface ReapOptions {
  /** Asked after what is there was listed, so that a run which begins meanwhile loses nothing. */
  liveRunIds: () => Promise<readonly string[]>;
  /** Younger folders stay. Milliseconds, default 60 s. */
  minAgeMs?: number | undefined;
}

/** What was removed. */
export interface ReapReport {
  worktrees: number;
  pins: number;
}

/** Folders of single operations, which belong to no run and remove themselves unless the process dies. */
const TRANSIENT = new Set(['export', 'push', 'local']);

/** Each run keeps its base commit under a ref of its name here. */
const PINS = 'refs/hil/';

/** Removes worktrees, git dirs and pins of runs that are not live. Mirrors stay. Safe to run at any time. */
export async function reap(store: MirrorStore, options: ReapOptions): Promise<ReapReport> {
  const minAge = options.minAgeMs ?? 60_000;
  const report: ReapReport = { worktrees: 0, pins: 0 };
  const folders: { root: string; runId: string }[] = [];
  for (const root of [store.layout.gitDirs, store.layout.worktrees]) {
    folders.push(...(await list(root)).map((runId) => ({ root, runId })));
  }
  const pins: { name: string; refs: string[] }[] = [];
  for (const name of await list(store.layout.mirrors)) {
    pins.push({ name, refs: await pinsOf(store, name) });
  }
  const live = new Set(await options.liveRunIds());
  for (const { root, runId } of folders) {
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
  for (const { name, refs } of pins) {
    const dead = refs.filter((ref) => !live.has(ref.slice(PINS.length)));
    if (dead.length > 0) await removePins(store, name, dead);
    report.pins += dead.length;
  }
  return report;
}

async function pinsOf(store: MirrorStore, name: string): Promise<string[]> {
  const text = await store.git
    .line(['for-each-ref', '--format=%(refname)', PINS], {
      gitDir: join(store.layout.mirrors, name),
    })
    .catch(() => '');
  return text.split('\n').filter((ref) => ref !== '');
}

async function removePins(store: MirrorStore, name: string, refs: string[]): Promise<void> {
  const lock = join(store.layout.locks, `${name.replace(/\.git$/, '')}.lock`);
  await withFileLock(lock, undefined, () =>
    store.git.ok(['update-ref', '--no-deref', '--stdin'], {
      gitDir: join(store.layout.mirrors, name),
      input: refs.map((ref) => `delete ${ref}\n`).join(''),
    }),
  );
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
