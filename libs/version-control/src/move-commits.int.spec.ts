import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { moveCommits } from './index.js';
import { Desk } from './testing/desk.js';
import { COMMIT } from './testing/stand.js';

const { author, date } = COMMIT;
let desk: Desk;
let commits: string[];

beforeEach(async () => {
  desk = await Desk.open({ 'a.txt': 'a\n', 'gone.txt': 'gone\n', 'from.txt': 'from\n' });
  await desk.write('a.txt', 'A\n');
  const first = await desk.commit('feat: one\n\nwith a body');
  await desk.write('deep/new.txt', 'new\n');
  await rm(join(desk.tree.path, 'gone.txt'));
  await rename(join(desk.tree.path, 'from.txt'), join(desk.tree.path, 'to.txt'));
  await chmod(join(desk.tree.path, 'to.txt'), 0o755);
  commits = [first, await desk.commit('feat: two')];
});
afterEach(() => desk.close());

/** The base branch moves, and the change is to follow. */
async function moveOnto(files: Record<string, string>): Promise<string[]> {
  await desk.stand.repository.commit(files);
  const { baseSha: onto } = await desk.stand.store.sync(desk.stand.address);
  return moveCommits(desk.tree, { from: desk.base, onto, commits, author, date });
}

describe('moving a change to a newer base', () => {
  it('makes the same commits on it, and the same ones at every attempt', async () => {
    const [first = '', second = ''] = await moveOnto({ 'other.txt': 'moved on\n' });
    const onto = await desk.stand.repository.headSha();
    expect(await desk.tree.head()).toBe(second);
    expect((await desk.tree.log(onto, second)).map(({ message }) => message)).toEqual([
      'feat: one\n\nwith a body',
      'feat: two',
    ]);
    for (const [index, sha] of [first, second].entries()) {
      const old = commits[index] ?? '';
      const before = [desk.base, commits[0] ?? ''][index] ?? '';
      const parent = [onto, first][index] ?? '';
      expect((await desk.tree.diff(parent, sha, { maxBytes: 1e6 })).text).toBe(
        (await desk.tree.diff(before, old, { maxBytes: 1e6 })).text,
      );
    }
    expect((await desk.tree.readFile(second, 'other.txt')).toString()).toBe('moved on\n');
    expect(await moveCommits(desk.tree, { from: desk.base, onto, commits, author, date })).toEqual([
      first,
      second,
    ]);
  });

  it.each([
    ['a file of the change', { 'a.txt': 'theirs\n' }],
    ['a file the change adds', { 'deep/new.txt': 'theirs\n' }],
    ['a file where the change needs a folder', { deep: 'theirs\n' }],
    ['a file below what the change moved to', { 'to.txt/x': 'theirs\n' }],
  ])('is refused when it changed %s', async (_what, files) => {
    await expect(moveOnto(files as Record<string, string>)).rejects.toThrow(
      /the base branch changed/,
    );
    expect(await desk.tree.head()).toBe(commits[1]);
  });
});
