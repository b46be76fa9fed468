import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hunksOfFile, keepHunks } from './index.js';
import { Desk } from './testing/desk.js';
import { COMMIT } from './testing/stand.js';

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index}\r\n`);

let desk: Desk;
let commits: string[];

beforeEach(async () => {
  desk = await Desk.open({
    'a.txt': LINES.join(''),
    'b.txt': 'old\n',
    'gone.txt': 'gone\n',
    'from.txt': `${'same\n'.repeat(20)}end`,
  });
  await desk.write('a.txt', LINES.with(2, 'two\r\n').join(''));
  await desk.write('b.txt', 'new\n');
  const first = await desk.commit('feat: one');
  await desk.write('a.txt', LINES.with(2, 'two\r\n').with(30, 'thirty\r\nmore\r\n').join(''));
  await desk.write('n/new.txt', 'new\n');
  await rm(join(desk.tree.path, 'gone.txt'));
  await rename(join(desk.tree.path, 'from.txt'), join(desk.tree.path, 'to.txt'));
  await desk.write('to.txt', `${'same\n'.repeat(20)}END`);
  await chmod(join(desk.tree.path, 'to.txt'), 0o755);
  commits = [first, await desk.commit('feat: two')];
});

afterEach(() => desk.close());

async function keep(accepted: readonly string[]): Promise<(string | null)[]> {
  const kept = await keepHunks(desk.tree, {
    base: desk.base,
    head: commits[1] ?? '',
    commits,
    accepted: new Set(accepted),
    author: COMMIT.author,
    date: COMMIT.date,
    message: (before) => before,
  });
  return kept.map(({ sha }) => sha);
}

async function read(sha: string | null | undefined, path: string): Promise<string | null> {
  const bytes = await desk.tree.readFile(sha ?? '', path).catch(() => null);
  return bytes === null ? null : bytes.toString('utf8');
}

async function allIds(): Promise<string[]> {
  const head = commits[1] ?? '';
  const files = await desk.tree.changedFiles(desk.base, head);
  const hunks = await Promise.all(
    files.map((file) => hunksOfFile(desk.tree, desk.base, head, file)),
  );
  return hunks.flat().map(({ id }) => id);
}

describe('a change that is kept in part', () => {
  it('gives the same commits again when all of it is kept', async () => {
    const ids = await allIds();
    expect(ids).toEqual(['a.txt#1', 'a.txt#2', 'b.txt#1', 'gone.txt#1', 'n/new.txt#1', 'to.txt#1']);
    expect(await keep(ids)).toEqual(commits);
    expect(await keep(['a.txt', 'b.txt', 'gone.txt', 'n/new.txt', 'to.txt'])).toEqual(commits);
  });

  it('holds the accepted hunks byte for byte, and nothing that was dropped in any commit', async () => {
    const [first, second] = await keep(['a.txt#2', 'b.txt']);
    expect(await read(second, 'a.txt')).toBe(LINES.with(30, 'thirty\r\nmore\r\n').join(''));
    expect(await read(first, 'a.txt')).toBe(LINES.join(''));
    expect(await read(first, 'b.txt')).toBe('new\n');
    expect(await read(second, 'gone.txt')).toBe('gone\n');
    expect(await read(second, 'n/new.txt')).toBeNull();
    expect(await read(second, 'to.txt')).toBeNull();
    expect(await read(second, 'from.txt')).toContain('same\n');
    expect(await desk.tree.head()).toBe(second);
    expect((await desk.tree.log(desk.base, second ?? '')).map(({ subject }) => subject)).toEqual([
      'feat: one',
      'feat: two',
    ]);
  });

  it('keeps renames, deletions, new files and modes', async () => {
    const [first, second] = await keep(['to.txt#1', 'gone.txt#1', 'n/new.txt#1']);
    expect(first).toBeNull();
    const files = await desk.tree.changedFiles(desk.base, second ?? '');
    expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'deleted gone.txt',
      'added n/new.txt',
      'renamed to.txt',
    ]);
    expect((await desk.tree.statesAt(second ?? '')).get('to.txt')?.mode).toBe('100755');
  });

  it('is the same commit at every attempt', async () => {
    expect(await keep(['a.txt#1'])).toEqual(await keep(['a.txt#1']));
  });

  it('is refused when nothing is kept', async () => {
    await expect(keep([])).rejects.toThrow(/Nothing of the change is left/);
  });
});
