import { afterEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '@hil/contracts';
import { contextOf, Projects } from '../fixtures/project.js';
import { applyOperations, Overlay } from '../index.js';

const projects = new Projects();
afterEach(() => projects.remove());
const worktree = projects.make.bind(projects);

describe('an overlay', () => {
  it('keeps CRLF, BOM, encoding, a missing final newline and the mode', async () => {
    const files = {
      'crlf.txt': 'a\r\nb',
      'bom.txt': Buffer.from('\ufeffa\n'),
      'latin.txt': Buffer.from([0xe9, 0x61, 0x0a]),
      'wide.txt': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\n', 'utf16le')]),
    };
    const root = await worktree(files);
    await chmod(join(root, 'crlf.txt'), 0o755);
    const overlay = await Overlay.open(root);
    const operations: Operation[] = Object.keys(files).map((path) => ({
      op: 'search_replace',
      path,
      search: 'a',
      replace: 'x\ny',
      expected_count: 1,
    }));
    expect((await applyOperations(overlay, operations, contextOf(Object.keys(files)))).failed).toBe(
      0,
    );
    await overlay.write();
    expect(await readFile(join(root, 'crlf.txt'), 'utf8')).toBe('x\r\ny\r\nb');
    expect((await stat(join(root, 'crlf.txt'))).mode & 0o777).toBe(0o755);
    expect(await readFile(join(root, 'bom.txt'))).toEqual(Buffer.from('\ufeffx\ny\n'));
    expect(await readFile(join(root, 'latin.txt'))).toEqual(
      Buffer.from([0xe9, 0x78, 0x0a, 0x79, 0x0a]),
    );
    expect(await readFile(join(root, 'wide.txt'))).toEqual(
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('x\ny\n', 'utf16le')]),
    );
  });

  it('writes all or none: a change on disk meanwhile leaves every byte and no temporary file', async () => {
    const root = await worktree({ a: '1', b: '2', c: '3' });
    const overlay = await Overlay.open(root);
    await overlay.replaceText('a', 'x');
    await overlay.delete('b');
    await overlay.create('n/m', 'new');
    await overlay.replaceText('c', 'y');
    await writeFile(join(root, 'c'), 'theirs');
    await expect(overlay.write()).rejects.toThrow(/c changed on disk/);
    expect((await readdir(root)).sort()).toEqual(['a', 'b', 'c']);
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('1');
    expect(await readFile(join(root, 'b'), 'utf8')).toBe('2');
  });

  it('undoes what was written when a later file can not be', async () => {
    const root = await worktree({ a: '1', b: '2' });
    const overlay = await Overlay.open(root);
    await overlay.replaceText('a', 'x');
    await overlay.delete('b');
    await overlay.create('n/m', 'new');
    await mkdir(join(root, 'n/m'), { recursive: true });
    await expect(overlay.write()).rejects.toThrow();
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('1');
    expect(await readFile(join(root, 'b'), 'utf8')).toBe('2');
    expect(await readdir(join(root, 'n'))).toEqual(['m']);
  });

  it('refuses to leave the root by a link, a parent or the git folder', async () => {
    const outside = await worktree({ secret: 's' });
    const root = await worktree({ a: '1' });
    await symlink(outside, join(root, 'link'));
    await symlink(join(outside, 'secret'), join(root, 'file'));
    const overlay = await Overlay.open(root);
    for (const path of [
      'link/secret',
      'file',
      'link/new',
      '../x',
      '.git',
      'a/.Git /config',
      'GIT~1/x',
      '/a',
      'a\\b',
      'a\0',
    ]) {
      const { results } = await applyOperations(
        overlay,
        [{ op: 'create_file', path, content: 'x' }],
        contextOf(['a']),
      );
      expect(results).toMatchObject([{ ok: false }]);
    }
    expect(await overlay.changedFiles()).toEqual([]);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('s');
  });
});
