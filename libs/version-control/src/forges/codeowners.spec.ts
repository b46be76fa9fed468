import { describe, expect, it } from '@jest/globals';
import { ownersOf } from './codeowners.js';

describe('ownersOf', () => {
  it.each([
    ['* @all', 'deep/a.ts', '@all'],
    ['* @all\n*.js @js', 'src/a.js', '@js'],
    ['/build/ @b', 'build/logs/x', '@b'],
    ['/build/ @b', 'src/build/x', ''],
    ['docs/* @d', 'docs/a.md', '@d'],
    ['docs/* @d', 'docs/deep/a.md', ''],
    ['apps/ @a', 'x/apps/y', '@a'],
    ['**/logs @l', 'a/b/logs/c', '@l'],
    ['/apps/github @g', 'apps/github/deep/x', '@g'],
    ['src/**/test @t', 'src/a/b/test/x', '@t'],
    ['*.ts @ts # comment', 'a.ts', '@ts'],
    ['with\\ space.txt @s', 'with space.txt', '@s'],
    ['a.b @x', 'aXb', ''],
    ['a?c @x', 'abc', '@x'],
    ['a?c @x', 'a/c', ''],
    ['/src/*/test @t', 'src/a/test/x', '@t'],
    ['/src/*/test @t', 'src/a/b/test/x', ''],
    ['src/** @t', 'src/a/b', '@t'],
    ['src/** @t', 'src', ''],
    ['**/*.md @m', 'a.md', '@m'],
    ['*.d.ts @x', 'deep/a.b.d.ts', '@x'],
    ['docs* @x', 'docs2/a', ''],
    ['/*/ @x', 'a/b/c', '@x'],
    ['* @all\nsecret/ ', 'secret/x', ''],
    ['[Docs] @doc\n*.md\n', 'a.md', '@doc'],
    ['^[Optional][2]\n*.md @md\n', 'a.md', '@md'],
  ])('reads %j: %s belongs to "%s"', (text, file, owner) => {
    expect(
      ownersOf(text, [file])
        .users.map((login) => `@${login}`)
        .join(' '),
    ).toBe(owner);
  });

  it('takes the last match of each file, teams apart from people, and no e-mail addresses', () => {
    const text = '* @ann @acme/core docs@example.com\n/api/ @bob\n';
    expect(ownersOf(text, ['a.ts', 'api/b.ts'])).toEqual({
      users: ['ann', 'bob'],
      teams: ['acme/core'],
    });
  });

  it('is not held up by a pattern with many wildcards', () => {
    const text = `${'*a'.repeat(12)}*.zz @x\n${'**/'.repeat(12)}*.zz @x\n`;
    const from = performance.now();
    expect(ownersOf(text, ['a'.repeat(120), 'a/'.repeat(60)]).users).toEqual([]);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('gives one owner a section, as GitLab has it', () => {
    const text = '* @ann\n[Data]\n*.sql @dba\n';
    expect(ownersOf(text, ['x.sql']).users).toEqual(['ann', 'dba']);
  });
});
