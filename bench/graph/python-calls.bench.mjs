/**
 * Calls of Python against scip-python, which is pyright with an indexer of Sourcegraph, call by call.
 * Needs python3, whose own parser says where the calls are.
 *
 *   npm run bench -- graph/python-calls --repos=/clones/flask,/clones/requests --under=src
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Report } from '../shared/report.mjs';
import { compareCalls } from './support/compare-calls.mjs';
import { filesOf } from './support/folder.mjs';
import { graphOf, repositoriesWith } from './support/repositories.mjs';
import { readIndex } from './support/scip-index.mjs';
import { timed } from './support/timed.mjs';

const require = createRequire(import.meta.url);
const indexer = join(dirname(require.resolve('@sourcegraph/scip-python/package.json')), 'index.js');
const shown = Number(process.env['HIL_BENCH_EXAMPLES'] ?? 5);
const report = new Report('graph/python-calls');

const parts = partsFrom(process.argv);

for (const root of repositoriesWith(/\.py$/, 'Python', report)) {
  const graph = await graphOf(root, 'off');
  const index = indexOf(root);
  const sites = callSites(root, [...index.paths]);
  for (const part of parts) {
    const within = {
      ...index,
      paths: new Set([...index.paths].filter((one) => isBelow(one, part))),
    };
    const result = compareCalls(graph, within, (path) => sites.get(path) ?? []);
    tell(`${basename(root)}${part === '' ? '' : `/${part}`}`, result);
  }
}
report.end();

function partsFrom(argv) {
  const flag = argv.find((arg) => arg.startsWith('--under='))?.slice('--under='.length);
  return flag === undefined ? [''] : flag.split(',');
}

function isBelow(path, part) {
  return part === '' || path.startsWith(`${part}/`);
}

function tell(name, result) {
  const { precision, recall, ours, expected, untold, byResolution, elsewhere } = result;
  const told = (precision * ours) / (ours - untold.length);
  report.figure({
    name: `${name}: recall`,
    unit: `of ${expected}`,
    values: [recall],
    atLeast: 0.7,
  });
  report.figure({
    name: `${name}: precision where the oracle tells what is called`,
    unit: `of ${ours - untold.length}`,
    values: [told],
    atLeast: 0.9,
  });
  report.figure({ name: `${name}: precision`, unit: `of ${ours}`, values: [precision] });
  report.note(`${elsewhere} calls go to what is no symbol of the graph: libraries, locals`);
  report.note(`by resolution: ${JSON.stringify(byResolution)}`);
  const silent = new Set(untold);
  report.note(`only ours: ${examples(result.invented.filter((one) => !silent.has(one)))}`);
  report.note(`untold by the oracle: ${examples(untold)}`);
  report.note(`only the oracle's: ${examples(result.missed)}`);
}

function examples(list) {
  return list.slice(0, shown).join(' | ') || 'none';
}

/** The index of a copy that has the Python files alone: the indexer reads settings it finds, and fails on some. */
function indexOf(root) {
  const copy = mkdtempSync(join(tmpdir(), 'hil-scip-python-'));
  for (const { path } of filesOf(root)) {
    if (/\.pyi?$/.test(path)) cpSync(join(root, path), join(copy, path));
  }
  writeFileSync(join(copy, 'pyrightconfig.json'), JSON.stringify({ extraPaths: ['src'] }));
  // No installed packages: one of them may be another version of the very project.
  writeFileSync(join(copy, 'environment.json'), '[]');
  const output = join(copy, 'index.scip');
  const flags = ['--project-name=project', '--project-version=0', '--quiet'];
  const environment = ['--environment', join(copy, 'environment.json')];
  timed(process.execPath, [indexer, 'index', '.', ...flags, ...environment, '--output', output], {
    cwd: copy,
  });
  return readIndex(output);
}

function callSites(root, paths) {
  const script = join(import.meta.dirname, 'support/python-call-sites.py');
  const input = JSON.stringify(paths.map((path) => join(root, path)));
  const { status, stdout, stderr } = spawnSync('python3', ['-B', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`python3 could not read the calls: ${stderr}`);
  const listed = Object.entries(JSON.parse(stdout));
  return new Map(
    listed.map(([path, sites]) => [
      path.slice(root.length + 1),
      sites.map(([line, column, name]) => ({ line, column, name })),
    ]),
  );
}
