import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainGit, type TestRepository } from '@hil/testing';
import { COMMIT, Stand } from './testing/stand.js';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open();
});
afterEach(() => stand.close());

describe('a worktree', () => {
  it('is never opened over files that are there already', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const path = stand.at('mine');
    await mkdir(path);
    writeFileSync(join(path, 'precious.txt'), 'x');
    await expect(
      stand.store.openWorktree({ address: stand.address, runId: 'run-1', sha: baseSha, path }),
    ).rejects.toThrow(/not empty/);
    expect(readdirSync(path)).toEqual(['precious.txt']);
  });

  it('has the files of the commit and no git metadata', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    expect(readFileSync(join(tree.path, 'a.txt'), 'utf8')).toBe('one\n');
    expect(existsSync(join(tree.path, '.git'))).toBe(false);
    expect(await tree.head()).toBe(baseSha);
    await tree.dispose();
    expect(existsSync(tree.path)).toBe(false);
  });

  it('commits the same change to the same id on another host', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const ids = [];
    for (const host of ['host-1', 'host-2']) {
      const tree = await stand
        .storeAt(host)
        .openWorktree({ address: stand.address, runId: 'run-1', sha: baseSha });
      writeFileSync(join(tree.path, 'a.txt'), 'two\n');
      ids.push(await tree.commitAll(COMMIT));
      await tree.dispose();
    }
    expect(ids[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  it('commits nothing when nothing changed, and what .gitignore would hide', async () => {
    const sha = await stand.repository.commit({ '.gitignore': 'dist\n' });
    await stand.store.sync(stand.address);
    const tree = await stand.openAt(sha);
    expect(await tree.commitAll(COMMIT)).toBeNull();
    await mkdir(join(tree.path, 'dist'));
    writeFileSync(join(tree.path, 'dist/x.js'), 'x\n');
    const head = await tree.commitAll(COMMIT);
    expect(await tree.changedFiles(sha, head ?? '')).toEqual([
      { path: 'dist/x.js', status: 'added', additions: 1, deletions: 0, binary: false },
    ]);
  });

  it('lists added, modified, deleted, renamed and binary files', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n');
    const sha = await stand.repository.commit({ 'old name.txt': lines, 'gone.txt': 'x\n' });
    await stand.store.sync(stand.address);
    const tree = await stand.openAt(sha);
    await plainGit(tree.path, 'init', '-q', stand.at('unused'));
    execFileSync('mv', ['old name.txt', 'späte\tTab.txt'], { cwd: tree.path });
    execFileSync('rm', ['gone.txt'], { cwd: tree.path });
    writeFileSync(join(tree.path, 'a.txt'), 'one\ntwo\n');
    writeFileSync(join(tree.path, 'pic.bin'), Buffer.from([0, 1, 2, 255]));
    const head = (await tree.commitAll(COMMIT)) ?? '';
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
    const base = await stand.repository.commit({
      'lines.js': 'findUser(1);\nreadUser(1);\nx(a$saveUser, saveUsers);\n',
      '.gitattributes': 'z.js -diff\n',
    });
    const sha = await stand.repository.commit({
      'data.txt': `${'x'.repeat(79)}\n`.repeat(220_000),
      'lines.js': 'findUser(1);\ny(a$saveUser, saveUsers);\n',
      'z.js': 'const there = dropUser$(2);\n',
    });
    await stand.store.sync(stand.address);
    const tree = await stand.openAt(base);
    const found = (...words: string[]) => tree.filesWithChangedWords(base, sha, words);
    expect(await found('dropUser$')).toEqual(['z.js']);
    expect(await found('readUser', 'dropUser$')).toEqual(['lines.js', 'z.js']);
    expect(await found('findUser', 'saveUser', 'dropUser', '.*')).toEqual([]);
    expect(await found()).toEqual([]);
  });

  it('makes a patch that plain git applies on the base and that gives the same tree', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'no newline at end');
    writeFileSync(join(tree.path, 'crlf.txt'), 'a\r\nb\r\n');
    writeFileSync(join(tree.path, 'pic.bin'), randomBytes(5000));
    writeFileSync(join(tree.path, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('mv', ['src/b.js', 'src/c.js'], { cwd: tree.path });
    const head = (await tree.commitAll(COMMIT)) ?? '';
    const file = stand.at('change.patch');
    await writeFile(file, await tree.patch(baseSha, head));
    await plainGit(stand.repository.checkout, 'apply', '--index', file);
    const applied = await stand.repository.git('write-tree');
    expect(applied).toBe(
      (await tree.log(baseSha, head)).length === 1
        ? await plainTreeOf(tree.path, stand.repository)
        : 'one commit expected',
    );
  });

  it('is rebuilt on another host from its bundle, after the first host is gone', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const head = (await tree.commitAll(COMMIT)) ?? '';
    const bundle = await tree.bundle(baseSha, head, 'chore/x');
    expect(bundle.length).toBeLessThan(2000);
    await stand.repository.commit({ 'other.txt': 'the base moved on\n' });

    const elsewhere = stand.storeAt('host-2');
    expect(await elsewhere.hasCommit(stand.address, baseSha)).toBe(false);
    const again = await elsewhere.openWorktree({
      address: stand.address,
      runId: 'run-1',
      sha: head,
      bundle,
    });
    expect(await again.head()).toBe(head);
    expect(readFileSync(join(again.path, 'a.txt'), 'utf8')).toBe('two\n');
    expect((await again.readFile(baseSha, 'a.txt')).toString()).toBe('one\n');

    await stand.storeAt('host-3').ensureCommit(stand.address, head, { bundle });
    expect(await stand.storeAt('host-3').hasCommit(stand.address, head)).toBe(true);
  });

  it('ends as base_gone when neither mirror nor origin has the commit', async () => {
    await stand.store.sync(stand.address);
    const { baseSha } = await stand.store.sync(stand.address);
    await expect(stand.openAt('a'.repeat(40))).rejects.toMatchObject({ code: 'base_gone' });
    expect(await stand.store.hasCommit(stand.address, baseSha)).toBe(true);
  });

  it('goes back to a commit and removes what was added since', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const head = (await tree.commitAll(COMMIT)) ?? '';
    writeFileSync(join(tree.path, 'stray.txt'), 'x');
    await tree.resetHard(baseSha);
    expect(readdirSync(tree.path).sort()).toEqual(['a.txt', 'src']);
    await tree.resetHard(head);
    expect(readFileSync(join(tree.path, 'a.txt'), 'utf8')).toBe('two\n');
  });

  it('refuses nested repositories and symlinks that leave the tree', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    await symlink('/etc/passwd', join(tree.path, 'out'));
    await expect(tree.commitAll(COMMIT)).rejects.toMatchObject({
      code: 'validation_error',
      message: expect.stringContaining('out'),
    });
    await tree.resetHard(baseSha);
    await plainGit(tree.path, 'init', '-q', 'nested');
    await plainGit(join(tree.path, 'nested'), 'commit', '-q', '--allow-empty', '-m', 'x');
    await expect(tree.commitAll(COMMIT)).rejects.toMatchObject({
      message: expect.stringContaining('repository of its own'),
    });
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
