import { describe, expect, it } from '@jest/globals';
import { signal } from '../testing/forge-stand.js';
import { Forges, type ForgesOptions } from './forges.js';

const github = (host: string, apiUrl: string): ForgesOptions => ({
  github: { host, apiUrl, credentials: { kind: 'token', token: 'secret' } },
});
const gitlab = (url: string): ForgesOptions => ({ gitlab: { url, token: 'secret' } });

const GITHUB = github('github.com', 'https://api.github.com');
const FAKE = github('127.0.0.1:9000', 'http://127.0.0.1:9000/api/v3');
const GITLAB = gitlab('https://git.corp.example/gitlab/');
const PLAIN = gitlab('http://127.0.0.1:9000');

describe('the token of a forge', () => {
  it.each([
    ['https://github.com/o/r', GITHUB],
    ['http://127.0.0.1:9000/o/r', FAKE],
    ['https://git.corp.example/gitlab/group/r.git', GITLAB],
    ['https://git.corp.example:443/gitlab/r', gitlab('https://Git.Corp.Example/gitlab')],
    ['http://127.0.0.1:9000/o/r', PLAIN],
  ])('goes to %s', async (url, options) => {
    const { host } = new URL(url);
    const found = await new Forges(options).credentialsFor({ host, url }, signal);
    expect(found?.password).toBe('secret');
  });

  it.each([
    ['http://github.com/o/r', GITHUB, 'in clear'],
    ['http://git.corp.example/gitlab/r', GITLAB, 'in clear'],
    ['http://git.corp.example/wiki/r', GITLAB, 'in clear, and elsewhere on the host'],
    ['https://git.corp.example/wiki/r', GITLAB, 'elsewhere on the host'],
    ['https://git.corp.example/gitlab/../wiki/r', GITLAB, 'elsewhere on the host'],
    ['https://git.corp.example/gitlab-pages/r', GITLAB, 'to a name that begins alike'],
    ['https://git.corp.example:8443/gitlab/r', GITLAB, 'to another port'],
    ['https://gitlab.example/gitlab/r', GITLAB, 'to another host'],
  ])('does not go to %s', async (url, options) => {
    const { host } = new URL(url);
    expect(await new Forges(options).credentialsFor({ host, url }, signal)).toBeUndefined();
  });
});
