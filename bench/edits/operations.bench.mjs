/**
 * What one edit operation takes, from opening the overlay to the file on disk, against reading and writing the
 * same file bare (to a temporary file, synced and renamed, as a careful editor would). A file of about 600 lines.
 */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyOperations, Overlay, runGates } from '@hil/code-editing';
import { Report } from '../shared/report.mjs';
import { interleaved, roundsWanted } from '../shared/rounds.mjs';
import { median } from '../shared/stats.mjs';

const SAMPLES = 15;
const root = mkdtempSync(join(tmpdir(), 'hil-operations-'));
const report = new Report('edits/operations');
const context = {
  graph: { modules: [], symbols: [], edges: [] },
  signal: new AbortController().signal,
};

const LANGUAGES = {
  typescript: {
    path: 'src/a.ts',
    head: "import { z } from './z.js';\n\nexport class A {\n",
    member: (n) => `  f${n}(x: number): number {\n    const y = x + ${n};\n    return y;\n  }\n\n`,
    tail: '}\n',
    statement: "import { y } from './y.js';",
    body: 'return x;',
    code: 'g(): void {}',
  },
  python: {
    path: 'src/a.py',
    head: 'import z\n\n\nclass A:\n',
    member: (n) => `    def f${n}(self, x):\n        y = x + ${n}\n        return y\n\n`,
    tail: '    LAST = 1\n',
    statement: 'import y',
    body: 'return x',
    code: 'def g(self):\n    pass',
  },
  java: {
    path: 'src/A.java',
    head: 'import java.util.Map;\n\nclass A {\n',
    member: (n) =>
      `    int f${n}(int x) {\n        int y = x + ${n};\n        return y;\n    }\n\n`,
    tail: '}\n',
    statement: 'import java.util.List;',
    body: 'return x;',
    code: 'void g() {}',
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
  },
};

try {
  for (const [language, sample] of Object.entries(LANGUAGES)) await measure(language, sample);
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.end();

async function measure(language, { path, head, member, tail, statement, body, code }) {
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
  };
  for (const [name, operation] of Object.entries(operations)) {
    const target = operation.op === 'create_file' ? path.replace(/(\.\w+)$/, 'New$1') : path;
    const ours = () => timed(() => edit({ path: target, ...operation }), path, text, target);
    const bare = () => timed(() => bareEdit(path), path, text, target);
    const figures = await interleaved(roundsWanted(3), { ours, bare });
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
  reset(path, text, path);
  const values = [];
  for (let round = 0; round < roundsWanted(3); round += 1) values.push(await gates());
  report.figure({ name: `${language}: gates of one changed file`, unit: 'ms', values });
}

async function timed(work, path, text, target) {
  const times = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    reset(path, text, target);
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return median(times);
}

function reset(path, text, target) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  if (target !== path) rmSync(join(root, target), { force: true });
  writeFileSync(join(root, path), text);
}

async function edit(operation) {
  const overlay = await Overlay.open(root);
  const { failed, results } = await applyOperations(overlay, [operation], {
    ...context,
    files: [operation.path],
  });
  if (failed > 0) throw new Error(results[0].message);
  await overlay.write();
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
