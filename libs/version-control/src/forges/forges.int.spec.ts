import { generateKeyPairSync } from 'node:crypto';
import { createRepository, FakeForge, plainGit, type TestRepository } from '@hil/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ForgeError,
  Forges,
  openPullRequest,
  parseRepositoryAddress,
  type Forge,
  type ForgesOptions,
  type RepositoryAddress,
} from '../index.js';
import { markerOf, ownPart } from './own-part.js';

let forge: FakeForge;
let repository: TestRepository;
let token: string;
const signal = new AbortController().signal;
const ID = 'change-1';

beforeAll(async () => {
  forge = await FakeForge.start();
  token = forge.addUser('hil');
  forge.addUser('ann');
  forge.addUser('bob');
  repository = await createRepository({ 'a.txt': 'one\n' });
  await repository.git('checkout', '-q', '-b', 'feat/x');
  await repository.git('commit', '-q', '--allow-empty', '-m', 'feat: x');
  await repository.git('push', '-q', repository.bare, 'feat/x');
});
afterAll(async () => {
  await forge.close();
  await repository.remove();
});
afterEach(() => {
  forge.calm();
  forge.state.pulls.length = 0;
  forge.state.checks.length = 0;
  expect(forge.problems.splice(0)).toEqual([]);
});

let count = 0;
/** A repository of ann's on the forge, where hil may write unless told otherwise. */
function serve(options: Partial<Parameters<FakeForge['addRepository']>[0]> = {}): {
  name: string;
  address: RepositoryAddress;
} {
  count += 1;
  const name = `ann/shop-${count}`;
  const url = forge.addRepository({
    owner: 'ann',
    name: `shop-${count}`,
    bare: repository.bare,
    collaborators: { hil: 'write', bob: 'read' },
    ...options,
  });
  const policy = { allowedHosts: [forge.host], allowHttp: true, allowLocalPaths: false };
  return { name, address: parseRepositoryAddress(url, policy) };
}

async function driver(
  kind: 'github' | 'gitlab',
  address: RepositoryAddress,
  withToken = token,
): Promise<Forge> {
  const options: ForgesOptions =
    kind === 'github'
      ? {
          github: {
            host: forge.host,
            apiUrl: forge.apiUrl,
            credentials: { kind: 'token', token: withToken },
          },
        }
      : { gitlab: { url: forge.origin, token: withToken } };
  const found = await new Forges(options).of(address, signal);
  if (found === null) throw new Error('no forge');
  return found;
}

const wanted = {
  head: { branch: 'feat/x' },
  base: 'main',
  title: 'feat: x',
  body: `${ownPart('what it does')}\n\n${markerOf(ID, 'a'.repeat(40))}`,
  draft: true,
  changeRequestId: ID,
  signal,
  looksMs: [0, 20, 40],
};

describe.each(['github', 'gitlab'] as const)('%s', (kind) => {
  it('tells what the token may do, and hides what it may not see', async () => {
    const { address, name } = serve();
    expect(await (await driver(kind, address)).project()).toMatchObject({
      fullName: name,
      defaultBranch: 'main',
      canPush: true,
      canFork: true,
      archived: false,
    });
    const closed = serve({ private: true, collaborators: {} });
    const hidden = driver(kind, closed.address).then((found) => found.project());
    await expect(hidden).rejects.toMatchObject({ failure: 'not_found' });
    const bad = driver(kind, address, 'wrong').then((found) => found.project());
    await expect(bad).rejects.toMatchObject({ failure: 'unauthorized' });
    expect(await (await driver(kind, address)).login()).toBe('hil');
  });

  it('knows protected branches', async () => {
    const { address } = serve({ protectedBranches: ['main'] });
    const found = await driver(kind, address);
    expect(await found.isProtected('main')).toBe(true);
    expect(await found.isProtected('feat/x')).toBe(false);
    expect(await found.isProtected('nowhere')).toBe(false);
  });

  it('opens a draft, finds, updates and closes it', async () => {
    const { address, name } = serve();
    const found = await driver(kind, address);
    const { pull, how } = await openPullRequest(found, wanted);
    expect(how).toBe('created');
    expect(pull).toMatchObject({
      number: 1,
      state: 'open',
      draft: true,
      title: 'feat: x',
      base: 'main',
    });
    expect(pull.headSha).toBe(await plainGit(repository.bare, 'rev-parse', 'feat/x'));
    expect(forge.pulls(name)).toHaveLength(1);
    expect(forge.pulls(name)[0]?.draft).toBe(true);

    const again = await openPullRequest(found, {
      ...wanted,
      title: 'feat: y',
      body: wanted.body.replace('what it does', 'more'),
    });
    expect(again.how).toBe('updated');
    expect(forge.pulls(name)).toMatchObject([{ draft: true, state: 'open' }]);
    expect(again.pull).toMatchObject({ title: 'feat: y', draft: true });
    expect(again.pull.body).toContain('more');

    await found.close(1);
    const [after] = await found.find(wanted.head, 'main');
    expect(after).toMatchObject({ state: 'closed', number: 1 });
  });

  it('keeps what people wrote around our text, and a text that is not ours', async () => {
    const { address, name } = serve();
    const found = await driver(kind, address);
    await openPullRequest(found, wanted);
    const [pull] = forge.pulls(name);
    if (pull === undefined) throw new Error('no pull request');
    pull.body = `a person's words\n\n${pull.body}`;
    await openPullRequest(found, { ...wanted, body: wanted.body.replace('what', 'all') });
    expect(pull.body).toContain("a person's words");
    expect(pull.body).toContain('all it does');
    pull.body = 'opened by hand';
    expect((await openPullRequest(found, wanted)).how).toBe('found');
    expect(pull.body).toBe('opened by hand');
  });

  it('sets labels and asks reviewers, leaving out who has no access', async () => {
    const { address, name } = serve();
    const found = await driver(kind, address);
    await openPullRequest(found, wanted);
    await found.addLabels(1, ['hil', 'refactor']);
    await found.addLabels(1, ['hil']);
    const asked = await found.requestReviewers(1, { users: ['bob', 'stranger'], teams: [] });
    expect(asked).toEqual(['bob']);
    expect(forge.pulls(name)).toMatchObject([{ labels: ['hil', 'refactor'], reviewers: ['bob'] }]);
  });

  it('works from a fork where the token can not push', async () => {
    const { address, name } = serve({ collaborators: {} });
    const found = await driver(kind, address);
    expect(await found.project()).toMatchObject({ canPush: false, canFork: true });
    const fork = await found.fork();
    expect((await found.fork()).url).toBe(fork.url);
    const bare = forge.state.repository(fork.fullName)?.bare ?? '';
    await plainGit(repository.checkout, 'push', '-q', bare, 'feat/x:feat/fork');
    const opened = await openPullRequest(found, {
      ...wanted,
      head: { branch: 'feat/fork', fork: fork.fullName },
    });
    expect(opened.how).toBe('created');
    expect(forge.pulls(name)).toMatchObject([
      { head: { repository: fork.fullName, branch: 'feat/fork' }, base: 'main' },
    ]);
    expect(forge.pulls(fork.fullName)).toEqual([]);
  });

  it('reads comments and checks', async () => {
    const { address, name } = serve();
    const found = await driver(kind, address);
    await openPullRequest(found, wanted);
    await found.comment(1, 'hello');
    const [pull] = forge.pulls(name);
    const createdAt = '2030-01-01T00:00:00Z';
    pull?.reviewComments.push({
      id: 7,
      author: 'bob',
      body: 'rename it',
      createdAt,
      path: 'a.txt',
      line: 1,
    });
    const sha = await plainGit(repository.bare, 'rev-parse', 'feat/x');
    forge.state.checks.push(
      {
        id: 1,
        sha,
        name: 'build',
        status: 'completed',
        conclusion: 'failure',
        summary: '2 of 9 failed',
      },
      { id: 2, sha, name: 'lint', status: 'completed', conclusion: 'success' },
      { id: 3, sha, name: 'slow', status: 'in_progress', conclusion: null },
    );
    const { comments, checks } = await found.activity(1);
    expect(comments).toMatchObject([
      { author: 'hil', body: 'hello' },
      { author: 'bob', body: 'rename it', path: 'a.txt', line: 1 },
    ]);
    expect(checks.find(({ name: check }) => check === 'build')).toMatchObject({
      details: '2 of 9 failed',
    });
    expect(checks.map(({ name: check, status }) => `${check} ${status}`).sort()).toEqual([
      'build failed',
      'lint passed',
      'slow running',
    ]);
  });

  describe('makes exactly one', () => {
    const FAULTS = [
      ['a 502 after it was made', { kind: 'status', status: 502, when: 'after' }],
      ['a 502 before anything was done', { kind: 'status', status: 502, when: 'before' }],
      ['a connection reset after it was made', { kind: 'reset', when: 'after' }],
      ['a connection reset before', { kind: 'reset', when: 'before' }],
      ['a rate limit', { kind: 'rate_limit', retryAfterSeconds: 1 }],
    ] as const;

    it.each(FAULTS)('with %s', async (_, fault) => {
      const { address, name } = serve();
      forge.fail({ method: 'POST', path: /\/(pulls|merge_requests)$/, fault });
      const { pull } = await openPullRequest(await driver(kind, address), wanted);
      expect(pull).toMatchObject({ number: 1, state: 'open' });
      expect(forge.pulls(name)).toHaveLength(1);
      const made = forge
        .seen('POST', /\/(pulls|merge_requests)$/)
        .filter(({ path }) => path.includes(encodeURIComponent(name)) || path.includes(name));
      expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    });

    it('by two workers at once', async () => {
      const { address, name } = serve();
      forge.fail({
        method: 'POST',
        path: /\/(pulls|merge_requests)$/,
        fault: { kind: 'delay', ms: 60 },
        times: 2,
      });
      const both = await Promise.all(
        [1, 2].map(async () => openPullRequest(await driver(kind, address), wanted)),
      );
      expect(new Set(both.map(({ pull }) => pull.number))).toEqual(new Set([1]));
      expect(forge.pulls(name)).toHaveLength(1);
    });

    it('and gives up without another create when it can not look', async () => {
      const { address, name } = serve();
      const found = await driver(kind, address);
      const path = /\/(pulls|merge_requests)$/;
      const posts = forge.seen('POST', path).length;
      forge.fail({ method: 'POST', path, fault: { kind: 'reset', when: 'after' } });
      const unreachable = { kind: 'status', status: 500, when: 'before' } as const;
      forge.fail({ method: 'GET', path, fault: unreachable, after: 1, times: 99 });
      await expect(openPullRequest(found, wanted)).rejects.toMatchObject({ failure: 'uncertain' });
      expect(forge.seen('POST', path).length - posts).toBe(1);
      expect(forge.pulls(name)).toHaveLength(1);
    });
  });

  it('says what is wrong when the forge refuses', async () => {
    const { address } = serve();
    const found = await driver(kind, address);
    await expect(openPullRequest(found, { ...wanted, base: 'nowhere' })).rejects.toThrow(
      /base|target_branch/,
    );
    await expect(
      openPullRequest(found, { ...wanted, head: { branch: 'nowhere' } }),
    ).rejects.toBeInstanceOf(ForgeError);
  });

  it('never sends the token to where a redirect points', async () => {
    const other = await FakeForge.start();
    try {
      const { address } = serve();
      forge.fail({
        method: 'GET',
        path: /./,
        fault: { kind: 'redirect', to: `${other.origin}/api/v3/user` },
        times: 9,
      });
      const project = driver(kind, address).then((found) => found.project());
      await expect(project).rejects.toMatchObject({ failure: 'uncertain' });
      expect(other.authorizations).toEqual([]);
    } finally {
      await other.close();
    }
  }, 20_000);

  it('holds no token in what it throws', async () => {
    const { address } = serve({ private: true, collaborators: {} });
    const error = await driver(kind, address)
      .then((found) => found.project())
      .catch((thrown: unknown) => thrown);
    const seen = new Set<unknown>();
    const all = JSON.stringify(error, (_, value: unknown) => {
      if (typeof value === 'object' && value !== null) {
        if (seen.has(value)) return undefined;
        seen.add(value);
        return value instanceof Error
          ? Object.fromEntries(
              Object.getOwnPropertyNames(value).map((key) => [
                key,
                Reflect.get(value, key) as unknown,
              ]),
            )
          : value;
      }
      return value;
    });
    expect(all).not.toContain(token);
  });
});

describe('a GitHub App', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

  it('asks for a token of its installation on that repository, and gives git the same', async () => {
    const { address, name } = serve({ private: true, collaborators: {} });
    const appId = forge.addApp('hil-app', publicKey, [name]);
    const issued: string[] = [];
    const forges = new Forges({
      github: {
        host: forge.host,
        apiUrl: forge.apiUrl,
        credentials: { kind: 'app', appId, privateKey },
        onToken: (each) => issued.push(each),
      },
    });
    const found = await forges.of(address, signal);
    if (found === null || address.kind !== 'remote') throw new Error('no forge');
    const { pull } = await openPullRequest(found, wanted);
    expect(forge.pulls(name)).toMatchObject([{ number: pull.number, author: 'hil-app[bot]' }]);
    const git = await forges.credentialsFor(address, signal);
    expect(git).toEqual({ username: 'x-access-token', password: issued[0] });
    expect(issued).toHaveLength(1);
  });

  it('has no credentials for other repositories and other hosts', async () => {
    const { address } = serve();
    const appId = forge.addApp('hil-app', publicKey, []);
    const forges = new Forges({
      github: {
        host: forge.host,
        apiUrl: forge.apiUrl,
        credentials: { kind: 'app', appId, privateKey },
      },
      gitlab: { url: 'https://gitlab.example', token: 'x' },
    });
    if (address.kind !== 'remote') throw new Error('local');
    expect(await forges.credentialsFor(address, signal)).toBeUndefined();
    const elsewhere = { host: 'evil.example', url: 'https://evil.example/a/b' };
    expect(await forges.credentialsFor(elsewhere, signal)).toBeUndefined();
    expect(await forges.of({ kind: 'remote', key: 'k', ...elsewhere }, signal)).toBeNull();
  });
});

describe('what GitHub alone refuses', () => {
  it('opens a ready one where drafts are not to be had', async () => {
    const { address, name } = serve({ drafts: false });
    const { pull } = await openPullRequest(await driver('github', address), wanted);
    expect(pull.draft).toBe(false);
    expect(forge.pulls(name)).toHaveLength(1);
  });
});
