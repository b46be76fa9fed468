import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
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

describe('sync', () => {
  it('answers the default branch and its commit', async () => {
    const found = await store.sync(address);
    expect(found).toMatchObject({ defaultBranch: 'main', baseBranch: 'main' });
    expect(found.baseSha).toBe(await repository.headSha());
  });

  it('fetches nothing again while the branch stands still, and only the news afterwards', async () => {
    await store.sync(address);
    await store.sync(address);
    expect(server.counts.fetches).toBe(1);
    const sha = await repository.commit({ 'a.txt': 'two\n' });
    expect((await store.sync(address)).baseSha).toBe(sha);
    expect(server.counts.fetches).toBe(2);
  });

  it('follows another branch, also one whose name nests in a former one', async () => {
    await plainGit(repository.checkout, 'push', '-q', repository.bare, 'HEAD:refs/heads/topic');
    expect((await store.sync(address, { branch: 'topic' })).baseBranch).toBe('topic');
    await plainGit(repository.checkout, 'push', '-q', repository.bare, ':refs/heads/topic');
    await plainGit(repository.checkout, 'push', '-q', repository.bare, 'HEAD:refs/heads/topic/x');
    expect((await store.sync(address, { branch: 'topic/x' })).baseBranch).toBe('topic/x');
  });

  it('says which branch is missing, and that a repository does not exist', async () => {
    await expect(store.sync(address, { branch: 'nope' })).rejects.toMatchObject({
      code: 'repository_not_found',
      message: expect.stringContaining('no branch "nope"'),
    });
    const other = parseRepositoryAddress(server.url('other'), {
      allowedHosts: [server.host],
      allowHttp: true,
      allowLocalPaths: false,
    });
    await expect(store.sync(other)).rejects.toMatchObject({ code: 'repository_not_found' });
  });

  it('says that an unreachable server can be tried again', async () => {
    server.faults.status = 503;
    await expect(store.sync(address)).rejects.toMatchObject({
      code: 'forge_unavailable',
      retryable: true,
    });
  });

  it('lets two processes and two tasks sync one repository at once', async () => {
    const second = storeAt('host-1');
    const found = await Promise.all([
      store.sync(address),
      second.sync(address),
      store.sync(address),
      second.sync(address),
    ]);
    expect(new Set(found.map((one) => one.baseSha)).size).toBe(1);
    expect(server.counts.fetches).toBe(1);
  });

  it('refuses a history over the limit while it is fetched, and leaves no half pack', async () => {
    await repository.commit({ 'big.bin': randomBytes(3 * 1024 * 1024) });
    const small = storeAt('small', { limits: { maxMb: 1, maxFiles: 1000 } });
    await expect(small.sync(address)).rejects.toMatchObject({ code: 'repository_too_large' });
  });

  it('refuses a tree that is small in the pack and huge on disk, before any checkout', async () => {
    await repository.commit({ 'zeros.bin': Buffer.alloc(3 * 1024 * 1024) });
    const small = storeAt('small', { limits: { maxMb: 1, maxFiles: 1000 } });
    await expect(small.sync(address)).rejects.toMatchObject({
      code: 'repository_too_large',
      message: expect.stringContaining('files take'),
    });
  });

  it('refuses too many files', async () => {
    const small = storeAt('small', { limits: { maxMb: 10, maxFiles: 1 } });
    await expect(small.sync(address)).rejects.toMatchObject({ code: 'repository_too_large' });
  });

  it('sends the token to its host alone, and never along a redirect', async () => {
    const thief = await startGitServer({ repositories: { demo: repository.bare } });
    try {
      const withToken = storeAt('token', {
        credentials: (host) =>
          host === server.host ? { username: 'x', password: 's3cret-token' } : undefined,
      });
      server.faults.redirectTo = `http://${thief.host}`;
      await expect(withToken.sync(address)).rejects.toMatchObject({
        message: expect.stringContaining('Redirects are not followed'),
      });
      expect(server.authorizations).not.toEqual([]);
      expect(thief.authorizations).toEqual([]);
      expect(thief.counts.fetches + thief.counts.lookups).toBe(0);
      server.faults.redirectTo = undefined;
      await withToken.sync(address);
      const kept = spawnSync('grep', ['-rl', 's3cret-token', folder.path], { encoding: 'utf8' });
      expect(kept.stdout).toBe('');
    } finally {
      await thief.close();
    }
  });

  it('reads a private repository with the right credentials and says so without them', async () => {
    const guarded = await startGitServer({
      repositories: { demo: repository.bare },
      auth: { user: 'x', password: 'pass' },
    });
    try {
      const policy = { allowedHosts: [guarded.host], allowHttp: true, allowLocalPaths: false };
      const there = parseRepositoryAddress(guarded.url('demo'), policy);
      await expect(storeAt('no', { policy }).sync(there)).rejects.toMatchObject({
        code: 'repository_not_found',
        message: expect.stringContaining('credentials'),
      });
      const credentials = () => ({ username: 'x', password: 'pass' });
      await storeAt('yes', { policy, credentials }).sync(there);
    } finally {
      await guarded.close();
    }
  });

  it('kills git and its helpers within a second of an abort', async () => {
    server.faults.hang = 'fetch';
    const abort = new AbortController();
    const running = store.sync(address, { signal: abort.signal });
    const watched = expect(running).rejects.toThrow();
    while (server.counts.fetches === 0) await new Promise((done) => setTimeout(done, 20));
    expect(gitProcessesAt(server.host)).not.toBe(0);
    const from = Date.now();
    abort.abort();
    await watched;
    expect(Date.now() - from).toBeLessThan(1000);
    expect(gitProcessesAt(server.host)).toBe(0);
    server.faults.hang = undefined;
    await store.sync(address);
  });

  it('refuses objects with names that would write into a git dir', async () => {
    const blob = await plainGit(repository.bare, 'rev-parse', 'main:a.txt');
    const inner = execFileSync('git', ['mktree'], {
      cwd: repository.bare,
      input: `100644 blob ${blob}\tconfig\n`,
      encoding: 'utf8',
    }).trim();
    const tree = execFileSync('git', ['mktree'], {
      cwd: repository.bare,
      input: `040000 tree ${inner}\t.GIT\n`,
      encoding: 'utf8',
    }).trim();
    const commit = await plainGit(repository.bare, 'commit-tree', tree, '-m', 'evil');
    await plainGit(repository.bare, 'update-ref', 'refs/heads/evil', commit);
    await expect(store.sync(address, { branch: 'evil' })).rejects.toMatchObject({
      code: 'repository_not_allowed',
    });
  });
});

describe('a local path', () => {
  async function local() {
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    return parseRepositoryAddress(repository.checkout, policy);
  }

  it('is read without being changed, and its uncommitted files are counted', async () => {
    writeFileSync(join(repository.checkout, 'a.txt'), 'changed\n');
    writeFileSync(join(repository.checkout, 'new.txt'), 'new\n');
    const before = await fingerprint(repository.checkout);
    const found = await store.sync(await local());
    expect(found.uncommitted).toBe(2);
    expect(found.baseSha).toBe(await repository.headSha());
    expect(await fingerprint(repository.checkout)).toBe(before);
  });

  it('counts nothing in a clean checkout', async () => {
    expect((await store.sync(await local())).uncommitted).toBe(0);
  });

  it('runs none of the programs its configuration names', async () => {
    const trap = join(folder.path, 'trap.sh');
    const proof = join(folder.path, 'proof');
    writeFileSync(trap, `#!/bin/sh\necho ran >> ${proof}\ncat\n`);
    await chmod(trap, 0o755);
    for (const [key, value] of [
      ['core.fsmonitor', trap],
      ['filter.evil.clean', trap],
      ['filter.evil.smudge', trap],
      ['diff.external', trap],
      ['diff.evil.textconv', trap],
      ['uploadpack.packObjectsHook', trap],
      ['core.hooksPath', folder.path],
      ['core.sshCommand', trap],
    ] as const) {
      await plainGit(repository.checkout, 'config', key, value);
    }
    writeFileSync(join(repository.checkout, '.gitattributes'), '* filter=evil diff=evil\n');
    writeFileSync(join(repository.checkout, 'a.txt'), 'changed\n');
    await store.sync(await local());
    expect(existsSync(proof)).toBe(false);
  });

  it('is never pushed to', async () => {
    const result = await store.pushBranch(await local(), {
      sha: await repository.headSha(),
      branch: 'chore/x',
    });
    expect(result).toMatchObject({ status: 'refused', reason: 'local_path' });
    expect(await repository.git('branch', '--list')).toBe('* main');
  });

  it('is not found when there is none, and validated when it is no repository', async () => {
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    for (const path of [join(folder.path, 'missing'), folder.path]) {
      await expect(store.sync(parseRepositoryAddress(path, policy))).rejects.toMatchObject({
        code: 'repository_not_found',
      });
    }
  });
});

describe('a worktree', () => {
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

describe('an export', () => {
  it('keeps modes and bytes and applies no attribute of the repository', async () => {
    const sha = await repository.commit({
      '.gitattributes':
        'secret.txt export-ignore\nversion.txt export-subst ident\n*.crlf text eol=crlf\n*.f filter=evil\n',
      'secret.txt': 'kept\n',
      'version.txt': '$Format:%H$ $Id$\n',
      'x.crlf': 'a\nb\n',
      'y.f': 'plain\n',
    });
    await repository.git('update-index', '--chmod=+x', 'src/b.js');
    await repository.git('commit', '-qm', 'mode');
    await repository.publish();
    const { baseSha } = await store.sync(address);
    expect(baseSha).not.toBe(sha);
    const dest = join(folder.path, 'export');
    const report = await store.exportTree(address, baseSha, dest);
    expect(report).toMatchObject({ files: 7, unsafeSymlinks: [] });
    expect(readFileSync(join(dest, 'secret.txt'), 'utf8')).toBe('kept\n');
    expect(readFileSync(join(dest, 'version.txt'), 'utf8')).toBe('$Format:%H$ $Id$\n');
    expect(readFileSync(join(dest, 'x.crlf'), 'utf8')).toBe('a\nb\n');
    expect(lstatSync(join(dest, 'src/b.js')).mode & 0o111).not.toBe(0);
    expect(lstatSync(join(dest, 'a.txt')).mode & 0o111).toBe(0);
    expect(existsSync(join(dest, '.git'))).toBe(false);
  });

  it('makes symlinks only where they stay inside, and reports the others', async () => {
    const links: Record<string, string> = {
      good: 'a.txt',
      'src/up': '../a.txt',
      absolute: '/etc/passwd',
      climbs: '../outside',
      dir: 'src',
      // Each step is harmless; together they leave.
      hop: 'dir/../../x',
      loop: 'loop',
    };
    for (const [path, target] of Object.entries(links)) {
      await symlink(target, join(repository.checkout, path));
    }
    await repository.commit({});
    const { baseSha } = await store.sync(address);
    const dest = join(folder.path, 'export');
    const report = await store.exportTree(address, baseSha, dest);
    expect(report.unsafeSymlinks.sort()).toEqual(['absolute', 'climbs', 'hop', 'loop']);
    expect(readFileSync(join(dest, 'good'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(dest, 'src/up'), 'utf8')).toBe('one\n');
    expect(lstatSync(join(dest, 'absolute')).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(dest, 'absolute'), 'utf8')).toBe('/etc/passwd');
  });

  it('leaves submodules alone, whatever .gitmodules says', async () => {
    await repository.git('update-index', '--add', '--cacheinfo', `160000,${'b'.repeat(40)},sub`);
    writeFileSync(
      join(repository.checkout, '.gitmodules'),
      '[submodule "sub"]\n\tpath = sub\n\turl = https://127.0.0.1:1/x\n',
    );
    await repository.git('add', '.gitmodules');
    await repository.git('commit', '-qm', 'submodule');
    await repository.publish();
    const { baseSha } = await store.sync(address);
    const report = await store.exportTree(address, baseSha, join(folder.path, 'export'));
    expect(report.submodules).toEqual(['sub']);
    expect(readdirSync(join(folder.path, 'export', 'sub'))).toEqual([]);
    const tree = await openAt(baseSha);
    expect(await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })).toBeNull();
  });
});

describe('a push', () => {
  async function change() {
    const { baseSha } = await store.sync(address);
    const tree = await openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const sha = (await tree.commitAll({ message: 'x', author: AUTHOR, date: DATE })) ?? '';
    return { baseSha, sha, bundle: await tree.bundle(baseSha, sha, 'chore/x') };
  }

  it('creates the branch once', async () => {
    const { sha, bundle } = await change();
    const request = { sha, bundle, branch: 'chore/x' };
    expect(await store.pushBranch(address, request)).toEqual({ status: 'pushed' });
    expect(await store.remoteBranchSha(address, 'chore/x')).toBe(sha);
    expect(await store.pushBranch(address, request)).toEqual({ status: 'already_there' });
    expect(server.counts.pushes).toBe(1);
  });

  it('never moves a branch that holds other work, also when it appears in between', async () => {
    const { sha, baseSha, bundle } = await change();
    server.faults.beforePush = async () => {
      await plainGit(repository.bare, 'update-ref', 'refs/heads/chore/x', baseSha);
    };
    const request = { sha, bundle, branch: 'chore/x' };
    expect(await store.pushBranch(address, request)).toMatchObject({ reason: 'branch_exists' });
    expect(await store.pushBranch(address, request)).toMatchObject({ reason: 'branch_exists' });
    expect(await store.remoteBranchSha(address, 'chore/x')).toBe(baseSha);
  });

  it('finds out that a push arrived although the answer was lost', async () => {
    const { sha, bundle } = await change();
    server.faults.losePushAnswer = true;
    expect(await store.pushBranch(address, { sha, bundle, branch: 'chore/x' })).toEqual({
      status: 'pushed',
    });
  });

  it('reports a server that takes no pushes as refused', async () => {
    const { sha, bundle } = await change();
    const readOnly = await startGitServer({ repositories: { demo: repository.bare } });
    try {
      const policy = { allowedHosts: [readOnly.host], allowHttp: true, allowLocalPaths: false };
      const there = parseRepositoryAddress(readOnly.url('demo'), policy);
      const result = await storeAt('other', { policy }).pushBranch(there, {
        sha,
        bundle,
        branch: 'chore/x',
      });
      expect(result).toMatchObject({ status: 'refused', reason: 'not_permitted' });
    } finally {
      await readOnly.close();
    }
  });
});

describe('reaping', () => {
  it('removes what dead runs left and keeps what live ones need', async () => {
    const { baseSha, mirrorPath } = await store.sync(address);
    const dead = await openAt(baseSha, 'dead');
    const live = await openAt(baseSha, 'live');
    await store.pin(address, 'dead', baseSha);
    await store.pin(address, 'live', baseSha);
    expect(await store.reap({ liveRunIds: ['live'], minAgeMs: 0 })).toEqual({
      worktrees: 1,
      pins: 1,
    });
    expect(existsSync(dead.path)).toBe(false);
    expect(existsSync(live.path)).toBe(true);
    expect(await live.head()).toBe(baseSha);
    const pins = await plainGit(mirrorPath, 'for-each-ref', '--format=%(refname)', 'refs/hil/');
    expect(pins).toBe('refs/hil/live');
    await store.unpin(address, 'live');
    await store.unpin(address, 'live');
  });

  it('leaves the folder of a run that has just begun', async () => {
    const { baseSha } = await store.sync(address);
    const young = await openAt(baseSha, 'young');
    await store.reap({ liveRunIds: [] });
    expect(existsSync(young.path)).toBe(true);
  });
});

/** Everything a careless reader could change in a checkout: every file with its times, index and refs included. */
async function fingerprint(checkout: string): Promise<string> {
  const listing = execFileSync('find', ['.', '-type', 'f', '-printf', '%p %s %T@\n'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  return listing.split('\n').sort().join('\n');
}

/** The tree id of a folder's files, computed by an ordinary git in a repository of its own. */
async function plainTreeOf(path: string, near: TestRepository): Promise<string> {
  const gitDir = join(near.checkout, '..', 'compare.git');
  await plainGit(path, 'init', '-q', '--bare', gitDir);
  const at = [`--git-dir=${gitDir}`, `--work-tree=${path}`];
  await plainGit(path, ...at, 'add', '--all', '--force');
  return plainGit(path, ...at, 'write-tree');
}

function gitProcessesAt(host: string): number {
  const table = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => /git/.test(line) && line.includes(host)).length;
}
