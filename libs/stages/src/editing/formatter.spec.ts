import { describe, expect, it } from '@jest/globals';
import { configuredFormatter } from './formatter.js';

const found = (files: Record<string, string>) =>
  configuredFormatter(Object.keys(files), (path) => Promise.resolve(files[path] ?? ''));

describe('the formatter of a repository', () => {
  it.each<[Record<string, string>, string, string]>([
    [{ '.prettierrc.json': '{}' }, 'prettier', '.prettierrc.json'],
    [{ 'package.json': '{\n  "prettier": {"semi": false}\n}' }, 'prettier', 'package.json'],
    [{ 'pyproject.toml': '[tool.black]\n' }, 'black', 'pyproject.toml'],
    [{ 'pyproject.toml': '[tool.ruff]\nline-length = 100\n' }, 'ruff format', 'pyproject.toml'],
  ])('is what its root configures: %j', async (files, name, where) => {
    expect(await found(files)).toEqual({ name, where });
  });

  it('is none when it is only installed, or configured for a folder', async () => {
    expect(
      await found({ 'package.json': '{\n  "devDependencies": { "prettier": "3" }\n}' }),
    ).toBeNull();
    expect(await found({ 'docs/.prettierrc': '' })).toBeNull();
  });
});
