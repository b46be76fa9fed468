import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plainGit, startGitServer } from '@hil/testing';
import { parseRepositoryAddress } from './index.js';
import { Stand } from './testing/stand.js';

let stand: Stand;
beforeEach(async () => {
  stand = await Stand.open();
});
afterEach(() => stand.close());

describe('sync', () => {
  it('answers the default branch and its commit', async () => {
    const found = await stand.store.sync(stand.address);
    expect(found).toMatchObject({ defaultBranch: 'main', baseBranch: 'main' });
    expect(found.baseSha).toBe(await stand.repository.headSha());
  });

  it('fetches nothing again while the branch stands still, and only the news afterwards', async () => {
    await stand.store.sync(stand.address);
    await stand.store.sync(stand.address);
    expect(stand.server.counts.fetches).toBe(1);
    const sha = await stand.repository.commit({ 'a.txt': 'two\n' });
    expect((await stand.store.sync(stand.address)).baseSha).toBe(sha);
    expect(stand.server.counts.fetches).toBe(2);
  });

  it('follows another branch, also one whose name nests in a former one', async () => {
    await plainGit(
      stand.repository.checkout,
      'push',
      '-q',
      stand.repository.bare,
      'HEAD:refs/heads/topic',
    );
    expect((await stand.store.sync(stand.address, { branch: 'topic' })).baseBranch).toBe('topic');
    await plainGit(
      stand.repository.checkout,
      'push',
      '-q',
      stand.repository.bare,
      ':refs/heads/topic',
    );
    await plainGit(
      stand.repository.checkout,
      'push',
      '-q',
      stand.repository.bare,
      'HEAD:refs/heads/topic/x',
    );
    expect((await stand.store.sync(stand.address, { branch: 'topic/x' })).baseBranch).toBe(
      'topic/x',
    );
  });

  it('says which branch is missing, and that a repository does not exist', async () => {
    await expect(stand.store.sync(stand.address, { branch: 'nope' })).rejects.toMatchObject({
      code: 'repository_not_found',
      message: expect.stringContaining('no branch "nope"'),
    });
    const other = parseRepositoryAddress(stand.server.url('other'), {
      allowedHosts: [stand.server.host],
      allowHttp: true,
      allowLocalPaths: false,
    });
    await expect(stand.store.sync(other)).rejects.toMatchObject({ code: 'repository_not_found' });
  });

  it('says that an unreachable server can be tried again', async () => {
    stand.server.faults.status = 503;
    await expect(stand.store.sync(stand.address)).rejects.toMatchObject({
      code: 'forge_unavailable',
      retryable: true,
    });
  });

  it('lets two processes and two tasks sync one repository at once', async () => {
    const second = stand.storeAt('host-1');
    const found = await Promise.all([
      stand.store.sync(stand.address),
      second.sync(stand.address),
      stand.store.sync(stand.address),
      second.sync(stand.address),
    ]);
    expect(new Set(found.map((one) => one.baseSha)).size).toBe(1);
    expect(stand.server.counts.fetches).toBe(1);
  });

  it('refuses a history over the limit while it is fetched, and leaves no half pack', async () => {
    await stand.repository.commit({ 'big.bin': randomBytes(3 * 1024 * 1024) });
    const small = stand.storeAt('small', { limits: { maxMb: 1, maxFiles: 1000 } });
    await expect(small.sync(stand.address)).rejects.toMatchObject({ code: 'repository_too_large' });
  });

  it('refuses too many files', async () => {
    const small = stand.storeAt('small', { limits: { maxMb: 10, maxFiles: 1 } });
    await expect(small.sync(stand.address)).rejects.toMatchObject({ code: 'repository_too_large' });
  });

  it('sends the token to its host alone, and never along a redirect', async () => {
    const thief = await startGitServer({ repositories: { demo: stand.repository.bare } });
    try {
      const withToken = stand.storeAt('token', {
        credentials: (host) =>
          host === stand.server.host ? { username: 'x', password: 's3cret-token' } : undefined,
      });
      stand.server.faults.redirectTo = `http://${thief.host}`;
      await expect(withToken.sync(stand.address)).rejects.toMatchObject({
        message: expect.stringContaining('Redirects are not followed'),
      });
      expect(stand.server.authorizations).not.toEqual([]);
      expect(thief.authorizations).toEqual([]);
      expect(thief.counts.fetches + thief.counts.lookups).toBe(0);
      stand.server.faults.redirectTo = undefined;
      await withToken.sync(stand.address);
      const kept = spawnSync('grep', ['-rl', 's3cret-token', stand.folder.path], {
        encoding: 'utf8',
      });
      expect(kept.stdout).toBe('');
    } finally {
      await thief.close();
    }
  });

  it('reads a private repository with the right credentials and says so without them', async () => {
    const guarded = await startGitServer({
      repositories: { demo: stand.repository.bare },
      auth: { user: 'x', password: 'pass' },
    });
    try {
      const policy = { allowedHosts: [guarded.host], allowHttp: true, allowLocalPaths: false };
      const there = parseRepositoryAddress(guarded.url('demo'), policy);
      await expect(stand.storeAt('no', { policy }).sync(there)).rejects.toMatchObject({
        code: 'repository_not_found',
        message: expect.stringContaining('credentials'),
      });
      const credentials = () => ({ username: 'x', password: 'pass' });
      await stand.storeAt('yes', { policy, credentials }).sync(there);
    } finally {
      await guarded.close();
    }
  });
});

describe('a local path', () => {
  async function local() {
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    return parseRepositoryAddress(stand.repository.checkout, policy);
  }

  it('is read without being changed, and its uncommitted files are counted', async () => {
    writeFileSync(join(stand.repository.checkout, 'a.txt'), 'changed\n');
    writeFileSync(join(stand.repository.checkout, 'new.txt'), 'new\n');
    const before = await fingerprint(stand.repository.checkout);
    const found = await stand.store.sync(await local());
    expect(found.uncommitted).toBe(2);
    expect(found.baseSha).toBe(await stand.repository.headSha());
    expect(await fingerprint(stand.repository.checkout)).toBe(before);
  });

  it('may stand on a detached commit or be a linked worktree', async () => {
    await stand.repository.git('checkout', '-q', '--detach');
    const sha = await stand.repository.headSha();
    expect(await stand.store.sync(await local())).toMatchObject({
      baseBranch: 'HEAD',
      baseSha: sha,
    });
    const linked = stand.at('linked');
    await stand.repository.git('worktree', 'add', '-q', '-b', 'side', linked);
    writeFileSync(join(linked, 'new.txt'), 'x');
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    expect(await stand.store.sync(parseRepositoryAddress(linked, policy))).toMatchObject({
      baseBranch: 'side',
      uncommitted: 1,
    });
  });

  it('counts nothing in a clean checkout', async () => {
    expect((await stand.store.sync(await local())).uncommitted).toBe(0);
  });

  it('is never pushed to', async () => {
    const result = await stand.store.pushBranch(await local(), {
      sha: await stand.repository.headSha(),
      branch: 'chore/x',
    });
    expect(result).toMatchObject({ status: 'refused', reason: 'local_path' });
    expect(await stand.repository.git('branch', '--list')).toBe('* main');
  });

  it('is not found when there is none, and validated when it is no repository', async () => {
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    for (const path of [stand.at('missing'), stand.folder.path]) {
      await expect(stand.store.sync(parseRepositoryAddress(path, policy))).rejects.toMatchObject({
        code: 'repository_not_found',
      });
    }
  });
});

describe('reaping', () => {
  it('removes what dead runs left and keeps what live ones need', async () => {
    const { baseSha, mirrorPath } = await stand.store.sync(stand.address);
    const dead = await stand.openAt(baseSha, { runId: 'dead' });
    const live = await stand.openAt(baseSha, { runId: 'live' });
    await stand.store.pin(stand.address, 'dead', baseSha);
    await stand.store.pin(stand.address, 'live', baseSha);
    expect(await stand.store.reap({ liveRunIds: async () => ['live'], minAgeMs: 0 })).toEqual({
      worktrees: 1,
      pins: 1,
    });
    expect(existsSync(dead.path)).toBe(false);
    expect(existsSync(live.path)).toBe(true);
    expect(await live.head()).toBe(baseSha);
    const pins = await plainGit(mirrorPath, 'for-each-ref', '--format=%(refname)', 'refs/hil/');
    expect(pins).toBe('refs/hil/live');
    await stand.store.unpin(stand.address, 'live');
    await stand.store.unpin(stand.address, 'live');
  });

  it('leaves the folder of a run that has just begun', async () => {
    const { baseSha } = await stand.store.sync(stand.address);
    const young = await stand.openAt(baseSha, { runId: 'young' });
    await stand.store.reap({ liveRunIds: async () => [] });
    expect(existsSync(young.path)).toBe(true);
  });

  it('leaves what a run began while it was at work', async () => {
    const { baseSha, mirrorPath } = await stand.store.sync(stand.address);
    let path = '';
    await stand.store.reap({
      minAgeMs: 0,
      liveRunIds: async () => {
        path = (await stand.openAt(baseSha, { runId: 'beginner' })).path;
        await stand.store.pin(stand.address, 'beginner', baseSha);
        return [];
      },
    });
    expect(existsSync(path)).toBe(true);
    const pins = await plainGit(mirrorPath, 'for-each-ref', '--format=%(refname)', 'refs/hil/');
    expect(pins).toBe('refs/hil/beginner');
    await stand.store.unpin(stand.address, 'beginner');
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
