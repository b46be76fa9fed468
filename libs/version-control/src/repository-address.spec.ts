import { describe, expect, it } from '@jest/globals';
import { isPrivateAddress, parseRepositoryAddress, type RepositoryPolicy } from './index.js';

const OPEN: RepositoryPolicy = { allowedHosts: [], allowHttp: false, allowLocalPaths: false };
const code = (text: string, policy = OPEN): string => {
  try {
    parseRepositoryAddress(text, policy);
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

describe('parseRepositoryAddress', () => {
  it('accepts an https URL and gives one spelling one key', () => {
    const one = parseRepositoryAddress('https://GitHub.com/owner/name', OPEN);
    const two = parseRepositoryAddress(' https://github.com:443/owner/name.git/ ', OPEN);
    expect(one).toMatchObject({ kind: 'remote', url: 'https://github.com/owner/name' });
    expect(two.key).toBe(one.key);
    expect(one.key).toMatch(/^[a-z0-9-]+$/);
  });

  it.each([
    '',
    '-u./x',
    '--upload-pack=touch x',
    'ext::sh -c touch% x',
    'fd::17',
    'ssh://git@host/x',
    'git@github.com:owner/name',
    'git://github.com/owner/name',
    'ftp://host/x',
    'https://user:pass@github.com/owner/name',
    'https://token@github.com/owner/name',
    'https://github.com/',
    'https://github.com/a b',
    'https://github.com/a\nb',
    'https://github.com\\@127.0.0.1/x',
    'https://github.com/a%0ahost=evil/b',
    'https://github.com/a?b',
    './relative',
    'owner/name',
  ])('refuses %j as invalid', (text) => {
    expect(code(text)).toBe('validation_error');
  });

  it('tells who types an ssh address to use https', () => {
    expect(() => parseRepositoryAddress('git@github.com:owner/name', OPEN)).toThrow(/https/);
  });

  it.each([
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://0177.0.0.1/x',
    'https://127.1/x',
    'https://0/x',
    'https://[::1]/x',
    'https://[::ffff:127.0.0.1]/x',
    'https://[::ffff:7f00:1]/x',
    'https://[64:ff9b::7f00:1]/x',
    'https://[fd00::1]/x',
    'https://[fe80::1]/x',
    'https://10.0.0.1/x',
    'https://192.168.1.1/x',
    'https://172.16.0.1/x',
    'https://169.254.169.254/latest',
    'https://100.64.0.1/x',
    'https://localhost/x',
    'https://LOCALHOST./x',
    'https://a.localhost/x',
    'https://intranet/x',
    'https://git.internal/x',
    'https://①②⑦.0.0.1/x',
  ])('refuses %s as private', (text) => {
    expect(code(text)).toBe('repository_not_allowed');
  });

  it('accepts a private host that is listed, with its port or with any', () => {
    const text = 'http://127.0.0.1:9000/x';
    const base = { allowHttp: true, allowLocalPaths: false };
    expect(code(text, { ...base, allowedHosts: ['127.0.0.1:9000'] })).toBe('accepted');
    expect(code(text, { ...base, allowedHosts: ['127.0.0.1'] })).toBe('accepted');
    expect(code(text, { ...base, allowedHosts: ['127.0.0.1:9001'] })).toBe(
      'repository_not_allowed',
    );
    expect(code('https://github.com/a/b', { ...base, allowedHosts: ['127.0.0.1'] })).toBe(
      'repository_not_allowed',
    );
  });

  it('refuses plain http and local paths unless allowed', () => {
    expect(code('http://github.com/a/b')).toBe('repository_not_allowed');
    expect(code('http://github.com/a/b', { ...OPEN, allowHttp: true })).toBe('accepted');
    expect(code('/srv/x')).toBe('repository_not_allowed');
    expect(code('file:///srv/x')).toBe('repository_not_allowed');
    const local = parseRepositoryAddress('file:///srv/../srv/x/', {
      ...OPEN,
      allowLocalPaths: true,
    });
    expect(local).toMatchObject({ kind: 'local', path: '/srv/x' });
  });
});

describe('isPrivateAddress', () => {
  it('lets only public unicast addresses pass', () => {
    expect(['8.8.8.8', '2606:4700::1111'].map(isPrivateAddress)).toEqual([false, false]);
    expect(['127.0.0.1', '::', '::1', '2002:7f00:1::', 'x'].map(isPrivateAddress)).toEqual(
      Array(5).fill(true),
    );
  });
});
