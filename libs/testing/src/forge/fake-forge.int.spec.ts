import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRepository, type TestRepository } from '../repository.js';
import { FakeForge } from './fake-forge.js';
import { GitHubDescription } from './github/description.js';

let forge: FakeForge;
let repository: TestRepository;
let token: string;

beforeAll(async () => {
  forge = await FakeForge.start();
  token = forge.addUser('hil');
  forge.addUser('ann');
  repository = await createRepository({ 'a.txt': 'one\n' });
  await repository.git('checkout', '-q', '-b', 'feat/x');
  await repository.git('commit', '-q', '--allow-empty', '-m', 'feat: x');
  await repository.git('push', '-q', repository.bare, 'feat/x');
  const { bare } = repository;
  const collaborators = { hil: 'write' as const };
  forge.addRepository({ owner: 'ann', name: 'shop', bare, collaborators });
  forge.addRepository({ owner: 'ann', name: 'secret', bare, private: true });
});
afterAll(async () => {
  await forge.close();
  await repository.remove();
});
afterEach(() => {
  forge.calm();
  forge.problems.length = 0;
  forge.state.pulls.length = 0;
});

interface Answered {
  status: number;
  headers: Headers;
  text: string;
}

async function ask(
  method: string,
  path: string,
  body?: object,
  as: string | null = token,
): Promise<Answered> {
  const response = await fetch(`${forge.origin}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const GITHUB = '/api/v3/repos/ann/shop';
const GITLAB = '/api/v4/projects/ann%2Fshop';
const pull = { title: 'feat: x', head: 'feat/x', base: 'main' };
const request = { title: 'feat: x', source_branch: 'feat/x', target_branch: 'main' };

describe('the fake GitHub', () => {
  it('opens one pull request for a head and a base', async () => {
    expect((await ask('POST', `${GITHUB}/pulls`, pull)).status).toBe(201);
    const again = await ask('POST', `${GITHUB}/pulls`, pull);
    expect(again.status).toBe(422);
    expect(again.text).toContain('A pull request already exists for ann:feat/x.');
    expect(forge.problems).toEqual([]);
  });

  it.each([
    ['field', 'POST', '/pulls', { ...pull, reviewers: ['ann'] }],
    ['query parameter', 'GET', '/pulls?heads=x', undefined],
    ['value', 'GET', '/pulls?state=merged', undefined],
    ['type', 'POST', '/pulls', { ...pull, draft: 'yes' }],
  ])('refuses a %s that its published description does not know', async (_, method, path, body) => {
    expect((await ask(method, GITHUB + path, body)).status).toBe(422);
    expect(forge.problems).not.toEqual([]);
    expect(forge.pulls()).toEqual([]);
  });

  it('has no route that the description does not have', async () => {
    expect((await ask('POST', `${GITHUB}/merge-it`, {})).status).toBe(404);
    expect(forge.problems).toHaveLength(1);
  });

  it.each([
    ['a missing head', { ...pull, head: 'nowhere' }, /"field":"head","code":"invalid"/],
    ['a missing base', { ...pull, base: 'nowhere' }, /"field":"base","code":"invalid"/],
    ['nothing between them', { ...pull, head: 'main' }, /No commits between main and main/],
  ])('answers 422 to %s', async (_, body, reason) => {
    const { status, text } = await ask('POST', `${GITHUB}/pulls`, body);
    expect(status).toBe(422);
    expect(text).toMatch(reason);
    expect(forge.problems).toEqual([]);
  });

  it('answers 422 to a reviewer who has no access', async () => {
    await ask('POST', `${GITHUB}/pulls`, pull);
    const path = `${GITHUB}/pulls/1/requested_reviewers`;
    const { status, text } = await ask('POST', path, { reviewers: ['stranger'] });
    expect([status, text.includes('not a collaborator')]).toEqual([422, true]);
  });

  it('answers 401 to a bad token and 404 for what the caller may not see', async () => {
    expect((await ask('GET', GITHUB, undefined, 'wrong')).status).toBe(401);
    expect((await ask('GET', '/api/v3/repos/ann/secret')).status).toBe(404);
    expect((await ask('GET', '/api/v3/repos/ann/secret', undefined, null)).status).toBe(404);
  });

  it('answers 403 with the headers of a rate limit', async () => {
    const fault = { kind: 'rate_limit', retryAfterSeconds: 7 } as const;
    forge.fail({ method: 'GET', path: /./, fault });
    const { status, headers } = await ask('GET', GITHUB);
    expect(status).toBe(403);
    expect(headers.get('retry-after')).toBe('7');
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
  });

  it('holds its own answers to the description', () => {
    const description = new GitHubDescription();
    const user = 'get /repos/{owner}/{repo}/branches/{branch}';
    expect(description.answerProblems(user, 200, { name: 1 })).not.toEqual([]);
    expect(description.answerProblems(user, 418, {})).toEqual([
      `${user}: status 418 is not described`,
    ]);
  });
});

describe('the fake GitLab', () => {
  it('opens one merge request for a source and a target', async () => {
    expect((await ask('POST', `${GITLAB}/merge_requests`, request)).status).toBe(201);
    const again = await ask('POST', `${GITLAB}/merge_requests`, request);
    expect([again.status, again.text.includes('already exists')]).toEqual([409, true]);
  });

  it.each([
    ['POST', '/merge_requests', { ...request, head: 'x' }],
    ['GET', '/merge_requests?heads=x', undefined],
  ])('refuses fields it does not know: %s %s', async (method, path, body) => {
    expect((await ask(method, GITLAB + path, body)).status).toBe(400);
    expect(forge.problems).toHaveLength(1);
    expect(forge.pulls()).toEqual([]);
  });

  it('answers 400 to a branch that is not there, 401 to a bad token, 404 for what is hidden', async () => {
    const nowhere = { ...request, source_branch: 'nowhere' };
    expect((await ask('POST', `${GITLAB}/merge_requests`, nowhere)).status).toBe(400);
    expect((await ask('GET', GITLAB, undefined, 'wrong')).status).toBe(401);
    expect((await ask('GET', '/api/v4/projects/ann%2Fsecret')).status).toBe(404);
  });

  it('answers 429 with Retry-After', async () => {
    const fault = { kind: 'rate_limit', retryAfterSeconds: 7 } as const;
    forge.fail({ method: 'GET', path: /./, fault });
    const { status, headers } = await ask('GET', GITLAB);
    expect([status, headers.get('retry-after')]).toEqual([429, '7']);
  });
});
