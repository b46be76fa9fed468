import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import {
  createRepository,
  plainGit,
  startGitServer,
  temporaryDirectory,
  type GitServer,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import { MirrorStore, parseRepositoryAddress, type RepositoryAddress } from './index.js';
import type { MirrorStoreOptions } from './index.js';

const AUTHOR = { name: 'hil', email: 'hil@example.test' };
const DATE = new Date('2026-01-02T03:04:05Z');

let folder: TemporaryDirectory;
let repository: TestRepository;
let server: GitServer;
let store: MirrorStore;
let address: RepositoryAddress;

function storeAt(dataDir: string, options: Partial<MirrorStoreOptions> = {}): MirrorStore {
  const policy = { allowedHosts: [server.host], allowHttp: true, allowLocalPaths: true };
  return new MirrorStore({
    dataDir: join(folder.path, dataDir),
    policy,
    limits: { maxMb: 50, maxFiles: 1000 },
    ...options,
  });
}

beforeEach(async () => {
  folder = await temporaryDirectory();
  repository = await createRepository({ 'a.txt': 'one\n', 'src/b.js': 'export const b = 1;\n' });
  server = await startGitServer({ repositories: { demo: repository.bare }, allowPush: true });
  store = storeAt('host-1');
  address = parseRepositoryAddress(server.url('demo'), {
    allowedHosts: [server.host],
    allowHttp: true,
    allowLocalPaths: false,
  });
});

afterEach(async () => {
  await server.close();
  await repository.remove();
  await folder.remove();
});

async function openAt(sha: string, runId = 'run-1', bundle?: Buffer) {
  return store.openWorktree({ address, runId, sha, bundle });
}

describe('a worktree', () => {
  it('is never opened over files that are there already', async () => {
    const { baseSha } = await store.sync(address);
    const path = join(folder.path, 'mine');
    await mkdir(path);
    writeFileSync(join(path, 'precious.txt'), 'x');
    await expect(
      store.openWorktree({ address, runId: 'run-1', sha: baseSha, path }),
    ).rejects.toThrow(/not empty/);
    expect(readdirSync(path)).toEqual(['precious.txt']);
  });

  it('has the files of the commit and no git metadata', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    expect(readFileSync(join(tree.path, 'a.txt'), 'utf8')).toBe('one\n');
    expect(existsSync(join(tree.path, '.git'))).toBe(false);
    expect(await tree.head()).toBe(baseSha);
    await tree.dispose();
    expect(existsSync(tree.path)).toBe(false);
  });

  it('commits the same change to the same id on another host', async () => {
    const { baseSha } = await store.sync(address);
    const ids = [];
    for (const host of ['host-1', 'host-2']) {
      const tree = await storeAt(host).openWorktree({ address, runId: 'run-1', sha: baseSha });
      writeFileSync(join(tree.path, 'a.txt'), 'two\n');
      ids.push(await tree.commitAll({ message: 'fix: two', author: AUTHOR, date: DATE }));
      await tree.dispose();
    }
    expect(ids[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  it('commits nothing when nothing changed, and what .gitignore would hide', async () => {
    const sha = await repository.commit({ '.gitignore': 'dist\n' });
    await store.sync(address);
    const tree = await openAt(sha);
    expect(await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })).toBeNull();
    await mkdir(join(tree.path, 'dist'));
    writeFileSync(join(tree.path, 'dist/x.js'), 'x\n');
    const head = await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE });
    expect(await tree.changedFiles(sha, head ?? '')).toEqual([
      { path: 'dist/x.js', status: 'added', additions: 1, deletions: 0, binary: false },
    ]);
  });

  it('lists added, modified, deleted, renamed and binary files', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n');
    const sha = await repository.commit({ 'old name.txt': lines, 'gone.txt': 'x\n' });
    await store.sync(address);
    const tree = await openAt(sha);
    await plainGit(tree.path, 'init', '-q', join(folder.path, 'unused'));
    execFileSync('mv', ['old name.txt', 'späte\tTab.txt'], { cwd: tree.path });
    execFileSync('rm', ['gone.txt'], { cwd: tree.path });
    writeFileSync(join(tree.path, 'a.txt'), 'one\ntwo\n');
    writeFileSync(join(tree.path, 'pic.bin'), Buffer.from([0, 1, 2, 255]));
    const head = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    const common = { additions: 0, deletions: 0, binary: false };
    expect(await tree.changedFiles(sha, head)).toEqual([
      { ...common, path: 'a.txt', status: 'modified', additions: 1 },
      { ...common, path: 'gone.txt', status: 'deleted', deletions: 1 },
      { ...common, path: 'pic.bin', status: 'added', binary: true },
      { ...common, path: 'späte\tTab.txt', oldPath: 'old name.txt', status: 'renamed' },
    ]);
    const one = await tree.diff(sha, head, { path: 'a.txt' });
    expect(one.text).toContain('+two');
    expect(one.text).not.toContain('pic.bin');
    const cut = await tree.diff(sha, head, { maxBytes: 60 });
    expect(cut.truncated).toBe(true);
    expect(cut.text.endsWith('\n')).toBe(true);
  });

  it('finds changed lines with a word, whole, however much else has changed', async () => {
    const base = await repository.commit({
      'lines.js': 'findUser(1);\nreadUser(1);\nx(a$saveUser, saveUsers);\n',
      '.gitattributes': 'z.js -diff\n',
    });
    const sha = await repository.commit({
      'data.txt': `${'x'.repeat(79)}\n`.repeat(220_000),
      'lines.js': 'findUser(1);\ny(a$saveUser, saveUsers);\n',
      'z.js': 'const there = dropUser$(2);\n',
    });
    await store.sync(address);
    const tree = await openAt(base);
    const found = (...words: string[]) => tree.filesWithChangedWords(base, sha, words);
    expect(await found('dropUser$')).toEqual(['z.js']);
    expect(await found('readUser', 'dropUser$')).toEqual(['lines.js', 'z.js']);
    expect(await found('findUser', 'saveUser', 'dropUser', '.*')).toEqual([]);
    expect(await found()).toEqual([]);
  });

  it('makes a patch that plain git applies on the base and that gives the same tree', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'no newline at end');
    writeFileSync(join(tree.path, 'crlf.txt'), 'a\r\nb\r\n');
    writeFileSync(join(tree.path, 'pic.bin'), randomBytes(5000));
    writeFileSync(join(tree.path, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('mv', ['src/b.js', 'src/c.js'], { cwd: tree.path });
    const head = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    const file = join(folder.path, 'change.patch');
    await writeFile(file, await tree.patch(baseSha, head));
    await plainGit(repository.checkout, 'apply', '--index', file);
    const applied = await repository.git('write-tree');
    expect(applied).toBe(
      (await tree.log(baseSha, head)).length === 1
        ? await plainTreeOf(tree.path, repository)
        : 'one commit expected',
    );
  });

  it('is rebuilt on another host from its bundle, after the first host is gone', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const head = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    const bundle = await tree.bundle(baseSha, head, 'chore/x');
    expect(bundle.length).toBeLessThan(2000);
    await repository.commit({ 'other.txt': 'the base moved on\n' });

    const elsewhere = storeAt('host-2');
    expect(await elsewhere.hasCommit(address, baseSha)).toBe(false);
    const again = await elsewhere.openWorktree({ address, runId: 'run-1', sha: head, bundle });
    expect(await again.head()).toBe(head);
    expect(readFileSync(join(again.path, 'a.txt'), 'utf8')).toBe('two\n');
    expect((await again.readFile(baseSha, 'a.txt')).toString()).toBe('one\n');

    await storeAt('host-3').ensureCommit(address, head, { bundle });
    expect(await storeAt('host-3').hasCommit(address, head)).toBe(true);
  });

  it('ends as base_gone when neither mirror nor origin has the commit', async () => {
    await store.sync(address);
    const { baseSha } = await store.sync(address);
    await expect(openAt('a'.repeat(40))).rejects.toMatchObject({ code: 'base_gone' });
    expect(await store.hasCommit(address, baseSha)).toBe(true);
  });

  it('goes back to a commit and removes what was added since', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const head = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    writeFileSync(join(tree.path, 'stray.txt'), 'x');
    await tree.resetHard(baseSha);
    expect(readdirSync(tree.path).sort()).toEqual(['a.txt', 'src']);
    await tree.resetHard(head);
    expect(readFileSync(join(tree.path, 'a.txt'), 'utf8')).toBe('two\n');
  });

  it('refuses nested repositories and symlinks that leave the tree', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    await symlink('/etc/passwd', join(tree.path, 'out'));
    await expect(
      tree.commitAll({ message: 'x', author: AUTHOR, date: DATE }),
    ).rejects.toMatchObject({ code: 'validation_error', message: expect.stringContaining('out') });
    await tree.resetHard(baseSha);
    await plainGit(tree.path, 'init', '-q', 'nested');
    await plainGit(join(tree.path, 'nested'), 'commit', '-q', '--allow-empty', '-m', 'x');
    await expect(
      tree.commitAll({ message: 'x', author: AUTHOR, date: DATE }),
    ).rejects.toMatchObject({ message: expect.stringContaining('repository of its own') });
  });

  it('ignores a .git written into the tree: its monitor, hooks and filters never run', async () => {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    const proof = join(folder.path, 'proof');
    const trap = join(folder.path, 'trap.sh');
    writeFileSync(trap, `#!/bin/sh\necho ran >> ${proof}\n`);
    await chmod(trap, 0o755);
    const evil = join(folder.path, 'evil');
    await plainGit(folder.path, 'init', '-q', evil);
    await plainGit(evil, 'config', 'core.fsmonitor', trap);
    await plainGit(evil, 'config', 'filter.evil.clean', trap);
    for (const hook of [
      'pre-commit',
      'post-checkout',
      'reference-transaction',
      'post-index-change',
    ]) {
      execFileSync('cp', [trap, join(evil, '.git/hooks', hook)]);
      execFileSync('mkdir', ['-p', join(tree.path, '.githooks')]);
      execFileSync('cp', [trap, join(tree.path, '.githooks', hook)]);
    }
    writeFileSync(join(tree.path, '.git'), `gitdir: ${evil}/.git\n`);
    writeFileSync(join(tree.path, '.gitattributes'), '* filter=evil\n');
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const head = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    await tree.resetHard(head);
    expect((await tree.readFile(head, 'a.txt')).toString()).toBe('two\n');
    expect(existsSync(proof)).toBe(false);
    // The same tree would have sprung the trap for an ordinary git.
    await plainGit(tree.path, 'status').catch(() => undefined);
    writeFileSync(join(tree.path, '.git'), `gitdir: ${evil}/.git\n`);
    await plainGit(tree.path, 'status').catch(() => undefined);
    expect(existsSync(proof)).toBe(true);
  });
});

/** The tree id of a folder's files, computed by an ordinary git in a repository of its own. */
async function plainTreeOf(path: string, near: TestRepository): Promise<string> {
  const gitDir = join(near.checkout, '..', 'compare.git');
  await plainGit(path, 'init', '-q', '--bare', gitDir);
  const at = [`--git-dir=${gitDir}`, `--work-tree=${path}`];
  await plainGit(path, ...at, 'add', '--all', '--force');
  return plainGit(path, ...at, 'write-tree');
}
