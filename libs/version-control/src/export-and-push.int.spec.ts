import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
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

  it('replaces the commit it is told to replace, and no other', async () => {
    const { sha, baseSha, bundle } = await change();
    await plainGit(repository.bare, 'update-ref', 'refs/heads/chore/x', baseSha);
    const request = { sha, bundle, branch: 'chore/x' };
    const wrong = { ...request, replaces: sha.replace(/^./, (char) => (char === 'a' ? 'b' : 'a')) };
    expect(await store.pushBranch(address, wrong)).toMatchObject({ reason: 'branch_exists' });
    expect(await store.pushBranch(address, { ...request, replaces: baseSha })).toEqual({
      status: 'pushed',
    });
    expect(await store.remoteBranchSha(address, 'chore/x')).toBe(sha);
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
