import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createRepository,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import { MirrorStore, moveCommits, parseRepositoryAddress, type Worktree } from './index.js';

const author = { name: 'hil', email: 'hil@example.test' };
const date = new Date('2026-01-02T03:04:05Z');
let folder: TemporaryDirectory;
let repository: TestRepository;
let store: MirrorStore;
let tree: Worktree;
let base: string;
let commits: string[];
const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };

beforeEach(async () => {
  folder = await temporaryDirectory();
  repository = await createRepository({
    'a.txt': 'a\n',
    'gone.txt': 'gone\n',
    'from.txt': 'from\n',
  });
  const limits = { maxMb: 50, maxFiles: 1000 };
  store = new MirrorStore({ dataDir: join(folder.path, 'data'), policy, limits });
  const address = parseRepositoryAddress(repository.bare, policy);
  ({ baseSha: base } = await store.sync(address));
  tree = await store.openWorktree({ address, runId: 'run-1', sha: base });
  await write('a.txt', 'A\n');
  const first = await commit('feat: one\n\nwith a body');
  await write('deep/new.txt', 'new\n');
  await rm(join(tree.path, 'gone.txt'));
  await rename(join(tree.path, 'from.txt'), join(tree.path, 'to.txt'));
  await chmod(join(tree.path, 'to.txt'), 0o755);
  commits = [first, await commit('feat: two')];
});
afterEach(async () => {
  await tree.dispose();
  await repository.remove();
  await folder.remove();
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree.path, path)), { recursive: true });
  await writeFile(join(tree.path, path), text);
}

async function commit(message: string): Promise<string> {
  const sha = await tree.commitAll({ message, author, date });
  if (sha === null) throw new Error('nothing to commit');
  return sha;
}

/** The base branch moves, and the change is to follow. */
async function moveOnto(files: Record<string, string>): Promise<string[]> {
  await repository.commit(files);
  const { baseSha: onto } = await store.sync(parseRepositoryAddress(repository.bare, policy));
  return moveCommits(tree, { from: base, onto, commits, author, date });
}

describe('moving a change to a newer base', () => {
  it('makes the same commits on it, and the same ones at every attempt', async () => {
    const [first = '', second = ''] = await moveOnto({ 'other.txt': 'moved on\n' });
    const onto = await repository.headSha();
    expect(await tree.head()).toBe(second);
    expect((await tree.log(onto, second)).map(({ message }) => message)).toEqual([
      'feat: one\n\nwith a body',
      'feat: two',
    ]);
    for (const [index, sha] of [first, second].entries()) {
      const old = commits[index] ?? '';
      const before = [base, commits[0] ?? ''][index] ?? '';
      const parent = [onto, first][index] ?? '';
      expect((await tree.diff(parent, sha, { maxBytes: 1e6 })).text).toBe(
        (await tree.diff(before, old, { maxBytes: 1e6 })).text,
      );
    }
    expect((await tree.readFile(second, 'other.txt')).toString()).toBe('moved on\n');
    expect(await moveCommits(tree, { from: base, onto, commits, author, date })).toEqual([
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
    expect(await tree.head()).toBe(commits[1]);
  });
});
