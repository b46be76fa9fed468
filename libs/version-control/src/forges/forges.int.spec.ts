import { FakeForge, plainGit } from '@hil/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ForgeError, openPullRequest } from '../index.js';
import { ForgeStand, WANTED } from '../testing/forge-stand.js';

let stand: ForgeStand;
beforeAll(async () => {
  stand = await ForgeStand.open();
});
afterAll(() => stand.close());
afterEach(() => expect(stand.calm()).toEqual([]));

describe.each(['github', 'gitlab'] as const)('%s', (kind) => {
  it('tells what the token may do, and hides what it may not see', async () => {
    const { address, name } = stand.serve();
    expect(await (await stand.driver(kind, address)).project()).toMatchObject({
      fullName: name,
      defaultBranch: 'main',
      canPush: true,
      canFork: true,
      archived: false,
    });
    const closed = stand.serve({ private: true, collaborators: {} });
    const hidden = stand.driver(kind, closed.address).then((found) => found.project());
    await expect(hidden).rejects.toMatchObject({ failure: 'not_found' });
    const bad = stand.driver(kind, address, 'wrong').then((found) => found.project());
    await expect(bad).rejects.toMatchObject({ failure: 'unauthorized' });
    expect(await (await stand.driver(kind, address)).login()).toBe('hil');
  });

  it('knows protected branches', async () => {
    const { address } = stand.serve({ protectedBranches: ['main'] });
    const found = await stand.driver(kind, address);
    expect(await found.isProtected('main')).toBe(true);
    expect(await found.isProtected('feat/x')).toBe(false);
    expect(await found.isProtected('nowhere')).toBe(false);
  });

  it('opens a draft, finds, updates and closes it', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    const { pull, how } = await openPullRequest(found, WANTED);
    expect(how).toBe('created');
    expect(pull).toMatchObject({
      number: 1,
      state: 'open',
      draft: true,
      title: 'feat: x',
      base: 'main',
    });
    expect(pull.headSha).toBe(await plainGit(stand.repository.bare, 'rev-parse', 'feat/x'));
    expect(stand.forge.pulls(name)).toHaveLength(1);
    expect(stand.forge.pulls(name)[0]?.draft).toBe(true);

    const again = await openPullRequest(found, {
      ...WANTED,
      title: 'feat: y',
      body: WANTED.body.replace('what it does', 'more'),
    });
    expect(again.how).toBe('updated');
    expect(stand.forge.pulls(name)).toMatchObject([{ draft: true, state: 'open' }]);
    expect(again.pull).toMatchObject({ title: 'feat: y', draft: true });
    expect(again.pull.body).toContain('more');

    await found.close(1);
    const [after] = await found.find(WANTED.head, 'main');
    expect(after).toMatchObject({ state: 'closed', number: 1 });
  });

  it('sets labels and asks reviewers, leaving out who has no access', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    await openPullRequest(found, WANTED);
    await found.addLabels(1, ['hil', 'refactor']);
    await found.addLabels(1, ['hil']);
    const asked = await found.requestReviewers(1, { users: ['bob', 'stranger'], teams: [] });
    expect(asked).toEqual(['bob']);
    expect(stand.forge.pulls(name)).toMatchObject([
      { labels: ['hil', 'refactor'], reviewers: ['bob'] },
    ]);
  });

  it('works from a fork where the token can not push', async () => {
    const { address, name } = stand.serve({ collaborators: {} });
    const found = await stand.driver(kind, address);
    expect(await found.project()).toMatchObject({ canPush: false, canFork: true });
    const fork = await found.fork();
    expect((await found.fork()).url).toBe(fork.url);
    const bare = stand.forge.state.repository(fork.fullName)?.bare ?? '';
    await plainGit(stand.repository.checkout, 'push', '-q', bare, 'feat/x:feat/fork');
    const opened = await openPullRequest(found, {
      ...WANTED,
      head: { branch: 'feat/fork', fork: fork.fullName },
    });
    expect(opened.how).toBe('created');
    expect(stand.forge.pulls(name)).toMatchObject([
      { head: { repository: fork.fullName, branch: 'feat/fork' }, base: 'main' },
    ]);
    expect(stand.forge.pulls(fork.fullName)).toEqual([]);
  });

  it('reads comments and checks', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    await openPullRequest(found, WANTED);
    await found.comment(1, 'hello');
    const [pull] = stand.forge.pulls(name);
    const createdAt = '2030-01-01T00:00:00Z';
    pull?.reviewComments.push({
      id: 7,
      author: 'bob',
      body: 'rename it',
      createdAt,
      path: 'a.txt',
      line: 1,
    });
    const sha = await plainGit(stand.repository.bare, 'rev-parse', 'feat/x');
    stand.forge.state.checks.push(
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
      { id: 4, sha, name: 'stopped', status: 'completed', conclusion: 'cancelled' },
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
      'stopped skipped',
    ]);
  });

  it('hears what is said beyond a hundred comments and checks', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    await openPullRequest(found, WANTED);
    const [pull] = stand.forge.pulls(name);
    const { headSha: sha = '' } = await found.get(1);
    const many = Array.from({ length: 230 }, (_, index) => index + 1);
    const createdAt = '2026-11-26T08:00:00Z';
    for (const id of many) {
      pull?.comments.push({ id, author: 'bob', body: `word ${id}`, createdAt });
      stand.forge.state.checks.push({
        id,
        sha,
        name: `check ${id}`,
        status: 'completed',
        conclusion: 'failure',
      });
    }
    const { comments, checks } = await found.activity(1);
    expect(comments.map(({ body }) => body)).toEqual(many.map((id) => `word ${id}`));
    expect(checks.map((check) => check.name)).toEqual(many.map((id) => `check ${id}`));
  });

  it('waits as long as Retry-After says when it reads, and tells a limit that takes longer', async () => {
    const { address, name } = stand.serve();
    const found = await stand.driver(kind, address);
    const limited = (retryAfterSeconds: number) =>
      stand.forge.fail({
        method: 'GET',
        path: /./,
        fault: { kind: 'rate_limit', retryAfterSeconds },
      });
    limited(1);
    const from = Date.now();
    expect((await found.project()).fullName).toBe(name);
    expect(Date.now() - from).toBeGreaterThan(900);
    limited(600);
    await expect(found.project()).rejects.toMatchObject({
      failure: 'rate_limited',
      retryAfterSeconds: 600,
    });
  }, 60_000);

  it('says what is wrong when the forge refuses', async () => {
    const { address } = stand.serve();
    const found = await stand.driver(kind, address);
    await expect(openPullRequest(found, { ...WANTED, base: 'nowhere' })).rejects.toThrow(
      /base|target_branch/,
    );
    await expect(
      openPullRequest(found, { ...WANTED, head: { branch: 'nowhere' } }),
    ).rejects.toBeInstanceOf(ForgeError);
  });

  it('never sends the token to where a redirect points', async () => {
    const other = await FakeForge.start();
    try {
      const { address } = stand.serve();
      stand.forge.fail({
        method: 'GET',
        path: /./,
        fault: { kind: 'redirect', to: `${other.origin}/api/v3/user` },
        times: 9,
      });
      const project = stand.driver(kind, address).then((found) => found.project());
      await expect(project).rejects.toMatchObject({ failure: 'uncertain' });
      expect(other.authorizations).toEqual([]);
    } finally {
      await other.close();
    }
  }, 20_000);

  it('holds no token in what it throws', async () => {
    const { address } = stand.serve({ private: true, collaborators: {} });
    const error = await stand
      .driver(kind, address)
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
    expect(all).not.toContain(stand.token);
  });
});
