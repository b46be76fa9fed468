import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { imageForRepository } from './repository-image.js';

const made: string[] = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
});

function tree(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'hil-image-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const image = async (files: Record<string, string>, options = {}) =>
  (await imageForRepository(tree(files), { repositoryImages: true, ...options })).image;

const DEVCONTAINER = '// of the team\n{ "image": "ghcr.io/team/dev:2", }';

describe('the image of a repository', () => {
  it('is what .hil.yml names, before its devcontainer', async () => {
    const files = { '.devcontainer/devcontainer.json': DEVCONTAINER };
    expect(await imageForRepository(tree(files), { repositoryImages: true })).toEqual({
      image: 'ghcr.io/team/dev:2',
      reason: '.devcontainer/devcontainer.json',
    });
    expect(await image({ '.devcontainer.json': DEVCONTAINER })).toBe('ghcr.io/team/dev:2');
    const named = 'sandbox:\n  image: team/tests:1\n';
    expect(await image({ ...files, '.hil.yml': named })).toBe('team/tests:1');
  });

  it('is the operator`s where repositories may not name one, or name nothing that can run', async () => {
    const named = { '.hil.yml': 'sandbox: {image: team/tests:1}\n', 'package.json': '{}' };
    const none = { repositoryImages: false };
    expect(await image(named, { ...none, image: 'ours:1' })).toBe('ours:1');
    expect(await image(named, none)).toBe('hil-sandbox:node');
    const built = { '.devcontainer.json': '{"build": {"dockerfile": "Dockerfile"}}' };
    expect(await image(built, { image: 'ours:1' })).toBe('ours:1');
  });

  it.each<[string, Record<string, string>]>([
    ['hil-sandbox:node', { 'package.json': '{}', 'node_modules/a/setup.py': '' }],
    ['hil-sandbox:python', { 'a/b/pyproject.toml': '' }],
    ['hil-sandbox:java', { 'build.gradle.kts': '' }],
    ['hil-sandbox:dotnet', { 'src/A.csproj': '' }],
    ['hil-sandbox:all', { 'pom.xml': '', 'web/package.json': '{}' }],
    ['hil-sandbox:all', { 'README.md': '' }],
  ])('is %s for the languages of %j', async (expected, files) => {
    expect(await image(files)).toBe(expected);
  });

  it.each(['--privileged', 'a b', 'UPPER/case', '../../socket', 'x:tag:more', 'http://host/image'])(
    'is never %j',
    async (name) => {
      const files = { '.hil.yml': JSON.stringify({ sandbox: { image: name } }) };
      expect(await image(files)).toBe('hil-sandbox:all');
    },
  );

  it('is not read through a link, nor out of yaml that unfolds', async () => {
    const root = tree({});
    const outside = tree({ 'hil.yml': 'sandbox: {image: team/tests:1}\n' });
    symlinkSync(join(outside, 'hil.yml'), join(root, '.hil.yml'));
    const options = { repositoryImages: true };
    expect((await imageForRepository(root, options)).image).toBe('hil-sandbox:all');
    const bomb = 'a: &a [x]\nsandbox: {image: team/tests:1, b: *a}\n';
    expect(await image({ '.hil.yml': bomb })).toBe('hil-sandbox:all');
  });
});
