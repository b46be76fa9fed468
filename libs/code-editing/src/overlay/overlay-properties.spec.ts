import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Operation } from '@hil/contracts';
import { contextOf } from '../fixtures/project.js';
import { Overlay, applyOperations } from '../index.js';

jest.setTimeout(120_000);

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Numbers below `n`, the same for a seed on every machine (mulberry32). */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const LINES = ['a', 'über', '', '\tif (x) {', '日本 🎌', 'end '];
const CONTENTS = [
  (text: string) => Buffer.from(text),
  (text: string) => Buffer.from(`\ufeff${text}`),
  (text: string) => Buffer.from(text.replaceAll('\n', '\r\n')),
  () => Buffer.from('caf\xe9\n', 'latin1'),
  () => Buffer.from([0, 1, 2, 255]),
];

async function worktree(roll: (n: number) => number): Promise<{ outer: string; root: string }> {
  const outer = await mkdtemp(join(tmpdir(), 'hil-property-'));
  folders.push(outer);
  const root = join(outer, 'tree');
  await mkdir(join(root, 'sub'), { recursive: true });
  await writeFile(join(outer, 'outside.txt'), 'outside\n');
  await symlink(outer, join(root, 'link'));
  for (let i = 0; i < 8; i += 1) {
    const text = Array.from({ length: roll(6) }, () => LINES[roll(LINES.length)]).join('\n');
    const content = CONTENTS[roll(CONTENTS.length)]?.(text) ?? Buffer.alloc(0);
    await writeFile(join(root, i % 2 ? 'sub' : '', `f${i}.txt`), content);
  }
  return { outer, root };
}

/** Every file below a folder with its bytes and mode; links are not followed. */
async function picture(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mode = ((await lstat(path)).mode & 0o777).toString(8);
    if (entry.isFile())
      found[path.slice(folder.length)] = `${mode} ${(await readFile(path)).toString('hex')}`;
  }
  return found;
}

/** Edits at random; those that the overlay refuses change nothing. */
async function editAtRandom(overlay: Overlay, roll: (n: number) => number): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    const n = roll(8);
    const path = `${n % 2 ? 'sub/' : ''}f${n}.txt`;
    const attempt = async (): Promise<void> => {
      const kind = roll(4);
      if (kind === 0) await overlay.create(`new${roll(4)}/deep/g${i}.txt`, `made ${i}\n`);
      else if (kind === 1) await overlay.delete(path);
      else if (kind === 2) await overlay.move(path, `sub/moved${i}.txt`);
      else {
        const text = await overlay.read(path);
        const at = roll(text.length + 1);
        await overlay.replaceText(path, `${text.slice(0, at)}x\n${text.slice(at)}`);
      }
    };
    await attempt().catch(() => undefined);
  }
}

const PARTS = [
  '..', '.', '', 'link', 'LINK', 'sub', 'Sub', 'outside.txt', '.git', '.GIT', '.Git ', 'git~1', '.g\u200cit',
  '.git::$INDEX_ALLOCATION', 'C:', '~', '\0', '..\\..', '%2e%2e', 'ﬁle', 'f1.txt', 'F1.TXT',
] as const; // prettier-ignore

/** A path that tries to get out of the worktree, or into git's own folder, one way or another. */
function oddPath(outer: string, roll: (n: number) => number): string {
  if (roll(4) === 0) return join(outer, 'outside.txt');
  return Array.from({ length: 1 + roll(4) }, () => PARTS[roll(PARTS.length)]).join('/');
}

/** What lies outside of the worktree, or in a git folder in it. */
function outsideOf(files: Record<string, string>): [string, string][] {
  return Object.entries(files).filter(
    ([path]) => !path.startsWith('/tree/') || /^\/tree\/\.git\//i.test(path),
  );
}

/** An operation of any kind, on a file that is there or on a path that should not be. */
function anyOperation(
  outer: string,
  files: readonly string[],
  roll: (n: number) => number,
): Operation {
  const odd = oddPath(outer, roll);
  const path = roll(3) === 0 ? odd : (files[roll(files.length)] ?? odd);
  const symbol = roll(2) === 0 ? 'A.f' : 'A';
  const to = roll(2) === 0 ? odd : `sub/to${roll(9)}.txt`;
  const all: Operation[] = [
    {
      op: 'search_replace',
      path,
      search: LINES[roll(2)] ?? 'a',
      replace: 'x\ny',
      expected_count: 1,
    },
    { op: 'replace_symbol_body', path, symbol: 'A.f', body: 'return 2;' },
    { op: 'insert_member', path, parent: 'A', position: 'end', code: 'x = 1;' },
    { op: 'add_import', path, statement: 'import os' },
    { op: 'rename_symbol', path, symbol, new_name: `n${roll(9)}` },
    { op: 'create_file', path: roll(2) === 0 ? odd : `sub/new${roll(9)}.txt`, content: 'made\n' },
    { op: 'delete_file', path },
    { op: 'move_file', path, to },
  ];
  return all[roll(all.length)] ?? { op: 'delete_file', path };
}

const SEEDS = Array.from({ length: 40 }, (_, index) => index * 7919 + 1);

describe('edits of a worktree, for fixed seeds', () => {
  it('are all there, or after an abort at any moment none, byte for byte, and nothing else is touched', async () => {
    const ends = { written: 0, aborted: 0 };
    for (const seed of SEEDS) {
      const roll = dice(seed);
      const { outer, root } = await worktree(roll);
      const before = await picture(outer);
      const overlay = await Overlay.open(root);
      await editAtRandom(overlay, roll);
      const wanted = await overlay.changedFiles();
      const controller = new AbortController();
      const writing = overlay.write(controller.signal).then(
        () => true,
        () => false,
      );
      // Some writes are left to end by themselves.
      if (roll(3) === 0) await writing;
      for (let turns = roll(300); turns > 0; turns -= 1) await nextTurn();
      controller.abort();
      const after = (await writing, await picture(outer));
      if (await writing) {
        ends.written += 1;
        const touched = new Set(wanted.flatMap(({ path, from }) => [path, from ?? path]));
        for (const path of new Set([...Object.keys(before), ...Object.keys(after)])) {
          if (before[path] !== after[path])
            expect([...touched].map((one) => `/tree/${one}`)).toContain(path);
        }
      } else {
        ends.aborted += 1;
        expect({ seed, files: after }).toEqual({ seed, files: before });
      }
    }
    expect(ends.written).toBeGreaterThan(0);
    expect(ends.aborted).toBeGreaterThan(0);
  });

  it('taken back leave every byte as it was', async () => {
    for (const seed of SEEDS) {
      const roll = dice(seed);
      const { outer, root } = await worktree(roll);
      const before = await picture(outer);
      const overlay = await Overlay.open(root);
      const snapshot = overlay.snapshot();
      await editAtRandom(overlay, roll);
      overlay.restore(snapshot);
      await overlay.write();
      expect({ seed, files: await picture(outer) }).toEqual({ seed, files: before });
    }
  });

  it('never reach a file outside of the worktree, however the path is spelled', async () => {
    for (const seed of SEEDS) {
      const roll = dice(seed);
      const { outer, root } = await worktree(roll);
      const overlay = await Overlay.open(root);
      const before = await picture(outer);
      for (let i = 0; i < 12; i += 1) {
        const path = oddPath(outer, roll);
        await overlay.create(path, 'bad\n').catch(() => undefined);
        await overlay.replaceText(path, 'bad\n').catch(() => undefined);
        await overlay.move('f0.txt', path).catch(() => undefined);
        await overlay.delete(path).catch(() => undefined);
      }
      await overlay.write().catch(() => undefined);
      const after = await picture(outer);
      expect({ seed, files: outsideOf(after) }).toEqual({ seed, files: outsideOf(before) });
    }
  });

  it('by any operation are made inside of the worktree or not at all, and rolled back to the byte', async () => {
    const counts = { applied: 0, failed: 0 };
    for (const seed of SEEDS.slice(0, 20)) {
      const roll = dice(seed);
      const { outer, root } = await worktree(roll);
      await writeFile(join(root, 'sub/m.py'), 'class A:\n    def f(self):\n        return 1\n');
      await writeFile(join(root, 'A.java'), 'class A {\n  int f() { return 1; }\n}\n');
      const before = await picture(outer);
      const overlay = await Overlay.open(root);
      const files = Object.keys(before).flatMap((path) =>
        path.startsWith('/tree/') ? [path.slice('/tree/'.length)] : [],
      );
      const snapshot = overlay.snapshot();
      const operations = Array.from({ length: 25 }, () => anyOperation(outer, files, roll));
      const { applied, failed } = await applyOperations(overlay, operations, contextOf(files));
      counts.applied += applied;
      counts.failed += failed;
      const edited = overlay.snapshot();
      overlay.restore(snapshot);
      await overlay.write();
      expect({ seed, files: await picture(outer) }).toEqual({ seed, files: before });
      overlay.restore(edited);
      await overlay.write().catch(() => undefined);
      const after = await picture(outer);
      expect({ seed, files: outsideOf(after) }).toEqual({ seed, files: outsideOf(before) });
      expect(Object.keys(after).filter((path) => /\/\.git/i.test(path))).toEqual([]);
    }
    expect(counts.applied).toBeGreaterThan(50);
    expect(counts.failed).toBeGreaterThan(50);
  });
});
