/**
 * Import edges of TypeScript and JavaScript against dependency-cruiser, and the CPU both take.
 *
 *   npm run bench -- graph/imports --repos=/clones/typeorm,/clones/date-fns
 */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Report } from '../shared/report.mjs';
import { reportAgreement } from './support/agreement.mjs';
import { oracleTsconfig } from './support/oracle-tsconfig.mjs';
import { cpuSeconds, graphOf, partsOf, repositoriesWith } from './support/repositories.mjs';
import { timed } from './support/timed.mjs';

// Its exports hide the program, which stands beside them.
const cruiser = fileURLToPath(
  new URL('../../bin/dependency-cruise.mjs', import.meta.resolve('dependency-cruiser')),
);
const report = new Report('graph/imports');

for (const root of repositoriesWith(/\.[cm]?[jt]sx?$/, 'TypeScript or JavaScript', report)) {
  const name = basename(root);
  const began = process.cpuUsage();
  const graph = await graphOf(root, 'off');
  const ours = cpuSeconds(began);
  const { maxRSS } = process.resourceUsage();
  const { edges: expected, sources, seconds } = cruise(root);
  const modules = new Set(graph.modules.map(({ path }) => path));
  const inScope = ([from, to]) => sources.has(from) && modules.has(from) && modules.has(to);
  const wanted = new Set(expected.filter(inScope).map(String));
  const found = new Set(
    graph.edges
      .filter(({ type }) => type === 'imports')
      .map(({ from, to }) => [from.slice(4), to.slice(4)])
      .filter(inScope)
      .map(String),
  );
  reportAgreement(report, name, { found, wanted }, { precision: 0.99, recall: 0.99 });
  report.compare({
    name: `${name}: dependency-cruiser's CPU / ours, which also reads symbols, calls and all folders (graph/resolution has resolution alone)`,
    unit: 's',
    ours: [seconds],
    bare: [ours],
    bareIs: 'ours',
  });
  report.note(`${Math.round(maxRSS / 1_000)} MB at most in our process`);
}
report.end();

/** Edges as dependency-cruiser sees them, and the files it read. */
function cruise(root) {
  const options = ['--no-config', '--ts-pre-compilation-deps', '-T', 'json'];
  const args = [cruiser, ...options, '--ts-config', oracleTsconfig(root), ...partsOf(root)];
  const { output, seconds } = timed(process.execPath, args, { cwd: root });
  const edges = [];
  const sources = new Set();
  for (const { source, dependencies, couldNotResolve } of JSON.parse(output).modules) {
    if (couldNotResolve) continue;
    sources.add(source);
    for (const { resolved, couldNotResolve: unknown } of dependencies) {
      if (!unknown && resolved !== source) edges.push([source, resolved]);
    }
  }
  return { edges, sources, seconds };
}
