import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
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

  it('may stand on a detached commit or be a linked worktree', async () => {
    await repository.git('checkout', '-q', '--detach');
    const sha = await repository.headSha();
    expect(await store.sync(await local())).toMatchObject({ baseBranch: 'HEAD', baseSha: sha });
    const linked = join(folder.path, 'linked');
    await repository.git('worktree', 'add', '-q', '-b', 'side', linked);
    writeFileSync(join(linked, 'new.txt'), 'x');
    const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
    expect(await store.sync(parseRepositoryAddress(linked, policy))).toMatchObject({
      baseBranch: 'side',
      uncommitted: 1,
    });
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

function gitProcessesAt(host: string): number {
  const table = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => /git/.test(line) && line.includes(host)).length;
}
