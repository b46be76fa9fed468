import { describe, expect, it } from '@jest/globals';
import { branchNameFor, checkBranchName } from './index.js';

describe('checkBranchName', () => {
  it.each(['main', 'feat/x-1', 'release/1.2', 'ünïcode'])('accepts %s', (name) => {
    expect(checkBranchName(name)).toBe(name);
  });

  it.each([
    '',
    '-x',
    '--upload-pack=x',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    '/a',
    'a/',
    'a//b',
    'a.lock',
    'a.lock/b',
    '.a',
    'a/.b',
    'a.',
    '@',
    'a@{b',
    'HEAD',
    'refs/heads/a',
    'a\nb',
    'a'.repeat(201),
  ])('refuses %j', (name) => {
    expect(() => checkBranchName(name)).toThrow(/not a branch name/);
  });
});

describe('branchNameFor', () => {
  it('names a branch after type, scope, subject and run', () => {
    const parts = {
      type: 'feat',
      scope: 'API',
      subject: 'Add a health route!',
      runId: '1234567890',
    };
    expect(branchNameFor(parts)).toBe('feat/api-add-a-health-route-12345678');
  });

  it('makes a valid name of anything', () => {
    const parts = { type: 'docs', scope: '../..', subject: '日本 -- ', runId: 'ab-cd' };
    expect(branchNameFor(parts)).toBe('chore/abcd');
  });
});
