import { afterEach, describe, expect, it } from '@jest/globals';
import {
  chmod,
  mkdtemp,
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Operation, ProjectGraph } from '@hil/contracts';
import { applyOperations, blobId, Overlay, runGates, unifiedDiff } from '../index.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function worktree(files: Record<string, string | Buffer>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'hil-ops-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const graph = { modules: [], symbols: [], edges: [] } as unknown as ProjectGraph;
const context = (files: string[]) => ({ files, graph, signal: new AbortController().signal });

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
    expect((await applyOperations(overlay, operations, context(Object.keys(files)))).failed).toBe(
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
        context(['a']),
      );
      expect(results).toMatchObject([{ ok: false }]);
    }
    expect(await overlay.changedFiles()).toEqual([]);
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('s');
  });
});

describe('operations', () => {
  it('keep those that succeed, explain those that fail, and refuse a file that is another by now', async () => {
    const root = await worktree({ 'a.txt': 'one\ntwo\n' });
    const overlay = await Overlay.open(root);
    const { results, applied, failed } = await applyOperations(
      overlay,
      [
        {
          op: 'search_replace',
          path: 'a.txt',
          search: 'one',
          replace: '1',
          expected_count: 1,
          base_blob: blobId(Buffer.from('one\ntwo\n')),
        },
        { op: 'search_replace', path: 'a.txt', search: 'twoo', replace: '2', expected_count: 1 },
        {
          op: 'search_replace',
          path: 'a.txt',
          search: 'two',
          replace: '2',
          expected_count: 1,
          base_blob: '0'.repeat(40),
        },
        { op: 'delete_file', path: 'b.txt' },
      ],
      context(['a.txt']),
    );
    expect([applied, failed]).toEqual([1, 3]);
    expect(results[2]?.message).toContain('another file by now');
    expect(results[3]?.message).toContain('Did you mean a.txt');
    expect(await overlay.read('a.txt')).toBe('1\ntwo\n');
  });

  it.each<[string, string, Operation, string]>([
    [
      'a.ts',
      'class A {\n  f() {\n    return 1;\n  }\n}\n',
      { op: 'replace_symbol_body', path: 'a.ts', symbol: 'A.f', body: 'const x = 2;\nreturn x;' },
      'class A {\n  f() {\n    const x = 2;\n    return x;\n  }\n}\n',
    ],
    [
      'a.py',
      'class A:\n    def f(self):\n        return 1\n\n\nx = 1\n',
      { op: 'replace_symbol_body', path: 'a.py', symbol: 'A.f', body: 'y = 2\nreturn y' },
      'class A:\n    def f(self):\n        y = 2\n        return y\n\n\nx = 1\n',
    ],
    [
      'A.java',
      'class A {\n    int f() { return 1; }\n}\n',
      { op: 'replace_symbol_body', path: 'A.java', symbol: 'f', body: '{ return 2; }' },
      'class A {\n    int f() { return 2; }\n}\n',
    ],
    [
      'A.cs',
      'class A\n{\n    int F()\n    {\n        return 1;\n    }\n}\n',
      { op: 'replace_symbol_body', path: 'A.cs', symbol: 'A.F', body: 'return 2;' },
      'class A\n{\n    int F()\n    {\n        return 2;\n    }\n}\n',
    ],
    [
      'a.ts',
      'class A {\n  f() {}\n}\n',
      {
        op: 'insert_member',
        path: 'a.ts',
        parent: 'A',
        position: 'end',
        code: 'g() {\n  return 1;\n}',
      },
      'class A {\n  f() {}\n\n  g() {\n    return 1;\n  }\n}\n',
    ],
    [
      'a.py',
      'class A:\n    def f(self):\n        pass\n',
      { op: 'insert_member', path: 'a.py', parent: 'A', position: 'before:f', code: 'x = 1' },
      'class A:\n    x = 1\n\n    def f(self):\n        pass\n',
    ],
    [
      'A.java',
      'class A {\n    int a;\n}\n',
      { op: 'insert_member', path: 'A.java', parent: 'A', position: 'after:a', code: 'int b;' },
      'class A {\n    int a;\n    int b;\n}\n',
    ],
    [
      'A.cs',
      'class A\n{\n}\n',
      { op: 'insert_member', path: 'A.cs', parent: 'A', position: 'end', code: 'int b;' },
      'class A\n{\n    int b;\n}\n',
    ],
    [
      'a.ts',
      "import { a, c } from 'x';\n\na(c);\n",
      { op: 'add_import', path: 'a.ts', statement: "import { b } from 'x';" },
      "import { a, b, c } from 'x';\n\na(c);\n",
    ],
    [
      'a.py',
      '"""Doc."""\n\nimport os\nimport sys\n',
      { op: 'add_import', path: 'a.py', statement: 'import re' },
      '"""Doc."""\n\nimport os\nimport re\nimport sys\n',
    ],
    [
      'A.java',
      'package p;\n\nclass A {}\n',
      { op: 'add_import', path: 'A.java', statement: 'import java.util.List;' },
      'package p;\n\nimport java.util.List;\n\nclass A {}\n',
    ],
    [
      'A.cs',
      'using System;\nusing Xunit;\n\nclass A {}\n',
      { op: 'add_import', path: 'A.cs', statement: 'using System.Linq;' },
      'using System;\nusing System.Linq;\nusing Xunit;\n\nclass A {}\n',
    ],
  ])(
    'edit symbols in %s and leave the rest as it is (%#)',
    async (path, before, operation, after) => {
      for (const ending of ['\n', '\r\n']) {
        const as = (text: string): string => text.replaceAll('\n', ending);
        const overlay = await Overlay.open(await worktree({ [path]: as(before) }));
        const { results } = await applyOperations(overlay, [operation], context([path]));
        expect(results).toEqual([{ ok: true, operation }]);
        expect(await overlay.read(path)).toBe(as(after));
        expect((await runGates(overlay, { approvedFiles: [path] })).findings).toEqual([]);
      }
    },
  );
});

describe('gates and diffs', () => {
  it('report a new syntax error, a large deletion and a file that was not approved', async () => {
    const overlay = await Overlay.open(
      await worktree({ 'a.ts': 'const a = 1;\n', 'b.txt': 'x\n'.repeat(300) }),
    );
    await overlay.replaceText('a.ts', 'const a = ;\n');
    await overlay.replaceText('b.txt', 'x\n');
    const { ok, findings } = await runGates(overlay, { approvedFiles: ['a.ts', 'b.txt'] });
    expect(ok).toBe(false);
    expect(findings.map(({ gate, path }) => `${gate} ${path}`)).toEqual([
      'syntax a.ts',
      'deletion b.txt',
    ]);
    expect(
      (
        await runGates(overlay, { approvedFiles: ['a.ts'], expectedDeletions: ['b.txt'] })
      ).findings.map(({ gate }) => gate),
    ).toEqual(['syntax', 'scope']);
  });

  it('show additions, deletions and renames as git does, and cut at 200 KiB', async () => {
    const overlay = await Overlay.open(await worktree({ 'a.txt': 'a\n', 'b.txt': 'b\n' }));
    await overlay.move('a.txt', 'c.txt');
    await overlay.delete('b.txt');
    await overlay.create('d.txt', `${'d'.repeat(100)}\n`.repeat(5_000));
    const [gone, moved, big] = (await overlay.changedFiles()).map((change) => unifiedDiff(change));
    expect(gone).toMatchObject({ file: 'b.txt', status: 'deleted', deletions: 1 });
    expect(moved).toMatchObject({
      file: 'c.txt',
      status: 'renamed',
      diff: 'diff --git a/a.txt b/c.txt\nrename from a.txt\nrename to c.txt\n',
    });
    expect(big).toMatchObject({ status: 'added', truncated: true, additions: 5_000 });
    expect(Buffer.byteLength(big?.diff ?? '')).toBeLessThanOrEqual(200 * 1024);
  });
});
