/**
 * What one edit operation takes, from opening the overlay to the file on disk, against reading and writing the
 * same file bare (to a temporary file, synced and renamed, as a careful editor would). A file of about 600 lines.
 */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyOperations, blobId, Overlay, runGates } from '@hil/code-editing';
import { buildGraph } from '@hil/knowledge-graph';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { median } from '../shared/stats.mjs';

const SAMPLES = 15;
/** `--only=java,csharp` measures some languages alone. */
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice('--only='.length);
const root = mkdtempSync(join(tmpdir(), 'hil-operations-'));
const report = new Report('edits/operations');
const context = { signal: new AbortController().signal };
/** Where a file may move: a Java file to another source root, as its package is its place. */
const MOVES = { typescript: 'lib/', python: 'src/sub_', java: 'lib/', csharp: 'lib/' };

const LANGUAGES = {
  typescript: {
    path: 'src/a.ts',
    head: "import { z } from './z.js';\n\nexport class A {\n",
    member: (n) => `  f${n}(x: number): number {\n    const y = x + ${n};\n    return y;\n  }\n\n`,
    tail: '}\n',
    statement: "import { y } from './y.js';",
    body: 'return x;',
    code: 'g(): void {}',
    uses: "import { A } from './a.js';\nnew A().f60(1);\n",
  },
  python: {
    path: 'src/a.py',
    head: 'import z\n\n\nclass A:\n',
    member: (n) => `    def f${n}(self, x):\n        y = x + ${n}\n        return y\n\n`,
    tail: '    LAST = 1\n',
    statement: 'import y',
    body: 'return x',
    code: 'def g(self):\n    pass',
    uses: 'from a import A\n\nA().f60(1)\n',
  },
  java: {
    path: 'src/p/A.java',
    head: 'package p;\n\nimport java.util.Map;\n\nclass A {\n',
    member: (n) =>
      `    int f${n}(int x) {\n        int y = x + ${n};\n        return y;\n    }\n\n`,
    tail: '}\n',
    statement: 'import java.util.List;',
    body: 'return x;',
    code: 'void g() {}',
    uses: 'package p;\n\nclass Use {\n    int g(A a) {\n        return a.f60(1);\n    }\n}\n',
  },
  csharp: {
    path: 'src/A.cs',
    head: 'using System;\n\nclass A\n{\n',
    member: (n) =>
      `    int F${n}(int x)\n    {\n        int y = x + ${n};\n        return y;\n    }\n\n`,
    tail: '}\n',
    statement: 'using System.Linq;',
    body: 'return x;',
    code: 'void G() {}',
    uses: 'class Use\n{\n    int G(A a)\n    {\n        return a.F60(1);\n    }\n}\n',
  },
};

try {
  for (const [language, sample] of Object.entries(LANGUAGES))
    if (only === undefined || only.includes(language)) await measure(language, sample);
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.end();

async function measure(language, sample) {
  const { path, head, member, tail, statement, body, code, uses } = sample;
  const members = Array.from({ length: 120 }, (_, n) => member(n)).join('');
  const text = head + members + tail;
  const f = language === 'csharp' ? 'F' : 'f';
  const shown = member(60).trimEnd();
  const operations = {
    'search_replace, exact': {
      op: 'search_replace',
      search: '+ 60',
      replace: '+ 61',
      expected_count: 1,
    },
    'search_replace, shifted by two': {
      op: 'search_replace',
      search: shown.replace(/^/gm, '  '),
      replace: shown.replace(/^/gm, '  ').replace('+ 60', '+ 61'),
      expected_count: 1,
    },
    replace_symbol_body: { op: 'replace_symbol_body', symbol: `A.${f}60`, body },
    insert_member: { op: 'insert_member', parent: 'A', position: 'start', code },
    add_import: { op: 'add_import', statement },
    create_file: { op: 'create_file', content: text },
    delete_file: { op: 'delete_file' },
    'rename_symbol, used in one more file': {
      op: 'rename_symbol',
      symbol: `A.${f}60`,
      new_name: 'renamed',
    },
    'move_file, imported by one more file': {
      op: 'move_file',
      to: path.replace('src/', MOVES[language]),
    },
  };
  const other = path.replace(/(\w+)(\.\w+)$/, 'Use$2');
  mkdirSync(dirname(join(root, other)), { recursive: true });
  writeFileSync(join(root, other), uses);
  writeFileSync(join(root, path), text);
  const graph = await graphOf([path, other]);
  for (const [name, operation] of Object.entries(operations)) {
    const across = /rename|move/.test(name);
    const target = operation.op === 'create_file' ? path.replace(/(\.\w+)$/, 'New$1') : path;
    const files = across ? { [path]: text, [other]: uses } : { [path]: text };
    const work = () => edit({ path: target, ...operation }, { files: Object.keys(files), graph });
    const ours = () => timed(work, files, [target, operation.to]);
    const bare = () => timed(() => bareEdit(path), files, [target, operation.to]);
    const figures = await interleaved(roundsWanted(across ? 1 : 3), { ours, bare });
    report.compare({
      name: `${language}: ${name}`,
      unit: 'ms p50',
      ...figures,
      bareIs: 'read and write',
    });
  }
  const gates = async () => {
    const overlay = await Overlay.open(root);
    await overlay.replaceText(path, text.replace('+ 60', '+ 61'));
    const begun = performance.now();
    await runGates(overlay, { approvedFiles: [path] });
    return performance.now() - begun;
  };
  reset({ [path]: text }, [path]);
  const values = [];
  for (let round = 0; round < roundsWanted(3); round += 1) values.push(await gates());
  report.figure({ name: `${language}: gates of one changed file`, unit: 'ms', values });
}

async function timed(work, files, made) {
  const times = [];
  const samples = Object.keys(files).length > 1 ? 5 : SAMPLES;
  for (let sample = 0; sample < samples; sample += 1) {
    reset(files, made);
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return median(times);
}

function reset(files, made) {
  for (const path of made)
    if (path !== undefined && !(path in files)) rmSync(join(root, path), { force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function edit(operation, { files, graph }) {
  const overlay = await Overlay.open(root);
  const { failed, results } = await applyOperations(overlay, [operation], {
    ...context,
    files,
    graph,
  });
  if (failed > 0) throw new Error(results[0].message);
  await overlay.write();
}

function graphOf(paths) {
  const files = paths.map((path) => {
    const bytes = readFileSync(join(root, path));
    return { path, blobId: blobId(bytes), size: bytes.length, read: () => Promise.resolve(bytes) };
  });
  const project = { name: 'p', gitSha: '0'.repeat(40), rootPath: '' };
  return buildGraph({ files, project, rootDir: root, signal: context.signal });
}

async function bareEdit(path) {
  const absolute = join(root, path);
  const text = await readFile(absolute, 'utf8');
  const handle = await open(`${absolute}.tmp`, 'w');
  await handle.writeFile(text.replace('+ 60', '+ 61'));
  await handle.sync();
  await handle.close();
  await rename(`${absolute}.tmp`, absolute);
}
