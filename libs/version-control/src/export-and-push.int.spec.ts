import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { plainGit, startGitServer } from '@hil/testing';
import { parseRepositoryAddress } from './index.js';
import { COMMIT, Stand } from './testing/stand.js';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open();
});
afterEach(() => stand.close());

describe('an export', () => {
  it('keeps modes and bytes and applies no attribute of the repository', async () => {
    const sha = await stand.repository.commit({
      '.gitattributes':
        'secret.txt export-ignore\nversion.txt export-subst ident\n*.crlf text eol=crlf\n*.f filter=evil\n',
      'secret.txt': 'kept\n',
      'version.txt': '$Format:%H$ $Id$\n',
      'x.crlf': 'a\nb\n',
      'y.f': 'plain\n',
    });
    await stand.repository.git('update-index', '--chmod=+x', 'src/b.js');
    await stand.repository.git('commit', '-qm', 'mode');
    await stand.repository.publish();
    const { baseSha } = await stand.store.sync(stand.address);
    expect(baseSha).not.toBe(sha);
    const dest = stand.at('export');
    const report = await stand.store.exportTree(stand.address, baseSha, dest);
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
      await symlink(target, join(stand.repository.checkout, path));
    }
    await stand.repository.commit({});
    const { baseSha } = await stand.store.sync(stand.address);
    const dest = stand.at('export');
    const report = await stand.store.exportTree(stand.address, baseSha, dest);
    expect(report.unsafeSymlinks.sort()).toEqual(['absolute', 'climbs', 'hop', 'loop']);
    expect(readFileSync(join(dest, 'good'), 'utf8')).toBe('one\n');
    expect(readFileSync(join(dest, 'src/up'), 'utf8')).toBe('one\n');
    expect(lstatSync(join(dest, 'absolute')).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(dest, 'absolute'), 'utf8')).toBe('/etc/passwd');
  });

  it('leaves submodules alone, whatever .gitmodules says', async () => {
    await stand.repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'b'.repeat(40)},sub`,
    );
    writeFileSync(
      join(stand.repository.checkout, '.gitmodules'),
      '[submodule "sub"]\n\tpath = sub\n\turl = https://127.0.0.1:1/x\n',
    );
    await stand.repository.git('add', '.gitmodules');
    await stand.repository.git('commit', '-qm', 'submodule');
    await stand.repository.publish();
    const { baseSha } = await stand.store.sync(stand.address);
    const report = await stand.store.exportTree(stand.address, baseSha, stand.at('export'));
    expect(report.submodules).toEqual(['sub']);
    expect(readdirSync(stand.at('export', 'sub'))).toEqual([]);
    const tree = await stand.openAt(baseSha);
    expect(await tree.commitAll(COMMIT)).toBeNull();
  });
});

describe('a push', () => {
  async function change() {
    const { baseSha } = await stand.store.sync(stand.address);
    const tree = await stand.openAt(baseSha);
    writeFileSync(join(tree.path, 'a.txt'), 'two\n');
    const sha = (await tree.commitAll(COMMIT)) ?? '';
    return { baseSha, sha, bundle: await tree.bundle(baseSha, sha, 'chore/x') };
  }

  it('creates the branch once', async () => {
    const { sha, bundle } = await change();
    const request = { sha, bundle, branch: 'chore/x' };
    expect(await stand.store.pushBranch(stand.address, request)).toEqual({ status: 'pushed' });
    expect(await stand.store.remoteBranchSha(stand.address, 'chore/x')).toBe(sha);
    expect(await stand.store.pushBranch(stand.address, request)).toEqual({
      status: 'already_there',
    });
    expect(stand.server.counts.pushes).toBe(1);
  });

  it('never moves a branch that holds other work, also when it appears in between', async () => {
    const { sha, baseSha, bundle } = await change();
    stand.server.faults.beforePush = async () => {
      await plainGit(stand.repository.bare, 'update-ref', 'refs/heads/chore/x', baseSha);
    };
    const request = { sha, bundle, branch: 'chore/x' };
    expect(await stand.store.pushBranch(stand.address, request)).toMatchObject({
      reason: 'branch_exists',
    });
    expect(await stand.store.pushBranch(stand.address, request)).toMatchObject({
      reason: 'branch_exists',
    });
    expect(await stand.store.remoteBranchSha(stand.address, 'chore/x')).toBe(baseSha);
  });

  it('replaces the commit it is told to replace, and no other', async () => {
    const { sha, baseSha, bundle } = await change();
    await plainGit(stand.repository.bare, 'update-ref', 'refs/heads/chore/x', baseSha);
    const request = { sha, bundle, branch: 'chore/x' };
    const wrong = { ...request, replaces: sha.replace(/^./, (char) => (char === 'a' ? 'b' : 'a')) };
    expect(await stand.store.pushBranch(stand.address, wrong)).toMatchObject({
      reason: 'branch_exists',
    });
    expect(await stand.store.pushBranch(stand.address, { ...request, replaces: baseSha })).toEqual({
      status: 'pushed',
    });
    expect(await stand.store.remoteBranchSha(stand.address, 'chore/x')).toBe(sha);
  });

  it('finds out that a push arrived although the answer was lost', async () => {
    const { sha, bundle } = await change();
    stand.server.faults.losePushAnswer = true;
    expect(await stand.store.pushBranch(stand.address, { sha, bundle, branch: 'chore/x' })).toEqual(
      {
        status: 'pushed',
      },
    );
  });

  it('looks for the branch when the push took too long', async () => {
    const { sha, bundle } = await change();
    const { git } = stand.store;
    const ok = git.ok.bind(git);
    git.ok = (args, call) => ok(args, args[0] === 'push' ? { ...call, timeoutMs: 4_000 } : call);
    stand.server.faults.hang = 'push_answer';
    const request = { sha, bundle, branch: 'chore/x' };
    expect(await stand.store.pushBranch(stand.address, request)).toEqual({ status: 'pushed' });
    // One that never comes to an end on the other side may still arrive.
    stand.server.faults.beforePush = () => new Promise<void>(() => undefined);
    expect(
      await stand.store.pushBranch(stand.address, { ...request, branch: 'chore/y' }),
    ).toMatchObject({ status: 'refused', reason: 'unconfirmed' });
  }, 60_000);

  it('reports a server that takes no pushes as refused', async () => {
    const { sha, bundle } = await change();
    const readOnly = await startGitServer({ repositories: { demo: stand.repository.bare } });
    try {
      const policy = { allowedHosts: [readOnly.host], allowHttp: true, allowLocalPaths: false };
      const there = parseRepositoryAddress(readOnly.url('demo'), policy);
      const result = await stand.storeAt('other', { policy }).pushBranch(there, {
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
