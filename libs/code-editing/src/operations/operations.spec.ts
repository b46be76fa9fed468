import { afterEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@hil/contracts';
import { contextOf, Projects } from '../fixtures/project.js';
import { applyOperations, blobId, Overlay, runGates, unifiedDiff } from '../index.js';

const projects = new Projects();
afterEach(() => projects.remove());
const worktree = projects.make.bind(projects);

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
      contextOf(['a.txt']),
    );
    expect([applied, failed]).toEqual([1, 3]);
    expect(results[2]?.message).toContain('another file by now');
    expect(results[3]?.message).toContain('Did you mean a.txt');
    expect(await overlay.read('a.txt')).toBe('1\ntwo\n');
  });

  it('refuse a new path that another file system would take for one that is there', async () => {
    const files = ['README.md', 'src/caf\u00e9.txt'];
    const overlay = await Overlay.open(
      await worktree({ 'README.md': 'x', 'src/caf\u00e9.txt': 'y' }),
    );
    const made = async (operation: Operation) =>
      (await applyOperations(overlay, [operation], contextOf(files))).results[0];
    for (const path of ['readme.MD', 'SRC/new.txt', 'src/cafe\u0301.txt', 'README.MD/x'])
      expect(await made({ op: 'create_file', path, content: '' })).toMatchObject({
        ok: false,
        message: expect.stringContaining('only in case or spelling'),
      });
    expect(await made({ op: 'move_file', path: 'README.md', to: 'Src/x.md' })).toMatchObject({
      ok: false,
    });
    expect(await made({ op: 'move_file', path: 'README.md', to: 'Readme.md' })).toMatchObject({
      ok: true,
    });
    expect(await made({ op: 'create_file', path: 'src/new.txt', content: '' })).toMatchObject({
      ok: true,
    });
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
        const { results } = await applyOperations(overlay, [operation], contextOf([path]));
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

  it.each([
    ['a.ts', 'b();\n', 'try { a() } b();\n', /line 1, 'catch' or 'finally' expected/],
    ['a.js', '// @flow\nlet a;\n', '// @flow\nlet a: number = {b: 1,, c: 2};\n', /line 2/],
    ['package.json', '{\n  "a": 1\n}\n', '{\n  "a": 1,\n}\n', /line 3/],
    ['a.yaml', 'a: 1\n', 'a: [1\n', /a\.yaml would no longer parse/],
  ])("report what only the own parser of %s's language sees", async (path, before, after, said) => {
    const overlay = await Overlay.open(await worktree({ [path]: before }));
    const findings = async () => (await runGates(overlay, { approvedFiles: [path] })).findings;
    await overlay.replaceText(path, before.replace('1', '2').replace('b', 'c'));
    expect(await findings()).toEqual([]);
    await overlay.replaceText(path, after);
    expect(await findings()).toMatchObject([
      { gate: 'syntax', path, message: expect.stringMatching(said) },
    ]);
  });

  it('let JSON with comments, templates of YAML and what was broken before be as they are', async () => {
    const files = {
      'tsconfig.json': '{ // x\n}\n',
      't.yaml': 'a: {{ x }}\n',
      'b.ts': 'try { a }\n',
    };
    const overlay = await Overlay.open(await worktree(files));
    await overlay.replaceText('tsconfig.json', '{ // x\n  // y\n}\n');
    await overlay.replaceText('t.yaml', 'a: {{ x }}\nb {{ y }}\n');
    await overlay.replaceText('b.ts', 'try { b }\n');
    await overlay.create('new.json', '// new\n{}\n');
    const approvedFiles = [...Object.keys(files), 'new.json'];
    expect((await runGates(overlay, { approvedFiles })).findings).toEqual([]);
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
