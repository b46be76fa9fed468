import { afterEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { removeTrees, tree } from '../spec-support/trees.js';
import { readRepositoryFile } from './repository-files.js';

describe('readRepositoryFile', () => {
  afterEach(removeTrees);

  it('follows links that stay in the repository and no others, and waits for no pipe', async () => {
    const root = tree({ 'a/package.json': '{}' });
    const outside = tree({ secret: 'of the host' });
    symlinkSync('a/package.json', join(root, 'package.json'));
    symlinkSync(join(outside, 'secret'), join(root, '.hil.yml'));
    symlinkSync(outside, join(root, 'folder'));
    execFileSync('mkfifo', [join(root, 'pom.xml')]);
    const read = (path: string) => readRepositoryFile(root, path);
    expect(await read('package.json')).toBe('{}');
    expect(await read('./a/package.json')).toBe('{}');
    for (const path of ['.hil.yml', 'folder/secret', '../secret', 'pom.xml', 'a', 'gone'])
      expect(await read(path)).toBeNull();
  });
});
