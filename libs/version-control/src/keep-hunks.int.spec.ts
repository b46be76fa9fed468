import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRepository,
  temporaryDirectory,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import {
  MirrorStore,
  hunksOfFile,
  keepHunks,
  parseRepositoryAddress,
  type Worktree,
} from './index.js';

const AUTHOR = { name: 'hil', email: 'hil@example.test' };
const DATE = new Date('2026-01-02T03:04:05Z');
const LINES = Array.from({ length: 40 }, (_, index) => `line ${index}\r\n`);

let folder: TemporaryDirectory;
let repository: TestRepository;
let tree: Worktree;
let base: string;
let commits: string[];

beforeEach(async () => {
  folder = await temporaryDirectory();
  repository = await createRepository({
    'a.txt': LINES.join(''),
    'b.txt': 'old\n',
    'gone.txt': 'gone\n',
    'from.txt': `${'same\n'.repeat(20)}end`,
  });
  const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
  const store = new MirrorStore({
    dataDir: join(folder.path, 'data'),
    policy,
    limits: { maxMb: 50, maxFiles: 1000 },
  });
  const address = parseRepositoryAddress(repository.bare, policy);
  ({ baseSha: base } = await store.sync(address));
  tree = await store.openWorktree({ address, runId: 'run-1', sha: base });
  await write('a.txt', LINES.with(2, 'two\r\n').join(''));
  await write('b.txt', 'new\n');
  const first = await commit('feat: one');
  await write('a.txt', LINES.with(2, 'two\r\n').with(30, 'thirty\r\nmore\r\n').join(''));
  await write('n/new.txt', 'new\n');
  await rm(join(tree.path, 'gone.txt'));
  await rename(join(tree.path, 'from.txt'), join(tree.path, 'to.txt'));
  await write('to.txt', `${'same\n'.repeat(20)}END`);
  await chmod(join(tree.path, 'to.txt'), 0o755);
  commits = [first, await commit('feat: two')];
});

afterEach(async () => {
  await tree.dispose();
  await repository.remove();
  await folder.remove();
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(tree.path, path, '..'), { recursive: true });
  await writeFile(join(tree.path, path), text);
}

async function commit(message: string): Promise<string> {
  const sha = await tree.commitAll({ message, author: AUTHOR, date: DATE });
  if (sha === null) throw new Error('nothing to commit');
  return sha;
}

async function keep(accepted: readonly string[]): Promise<(string | null)[]> {
  const kept = await keepHunks(tree, {
    base,
    head: commits[1] ?? '',
    commits,
    accepted: new Set(accepted),
    author: AUTHOR,
    date: DATE,
    message: (before) => before,
  });
  return kept.map(({ sha }) => sha);
}

async function read(sha: string | null | undefined, path: string): Promise<string | null> {
  const bytes = await tree.readFile(sha ?? '', path).catch(() => null);
  return bytes === null ? null : bytes.toString('utf8');
}

async function allIds(): Promise<string[]> {
  const head = commits[1] ?? '';
  const files = await tree.changedFiles(base, head);
  const hunks = await Promise.all(files.map((file) => hunksOfFile(tree, base, head, file)));
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
    expect(await tree.head()).toBe(second);
    expect((await tree.log(base, second ?? '')).map(({ subject }) => subject)).toEqual([
      'feat: one',
      'feat: two',
    ]);
  });

  it('keeps renames, deletions, new files and modes', async () => {
    const [first, second] = await keep(['to.txt#1', 'gone.txt#1', 'n/new.txt#1']);
    expect(first).toBeNull();
    const files = await tree.changedFiles(base, second ?? '');
    expect(files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      'deleted gone.txt',
      'added n/new.txt',
      'renamed to.txt',
    ]);
    expect((await tree.statesAt(second ?? '')).get('to.txt')?.mode).toBe('100755');
  });

  it('is the same commit at every attempt', async () => {
    expect(await keep(['a.txt#1'])).toEqual(await keep(['a.txt#1']));
  });

  it('is refused when nothing is kept', async () => {
    await expect(keep([])).rejects.toThrow(/Nothing of the change is left/);
  });
});
