/**
 * Calls of TypeScript against scip-typescript, an indexer of Sourcegraph, call by call.
 *
 *   npm run bench -- graph/calls --repos=/clones/typeorm --under=src
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Report } from '../shared/report.mjs';
import { ecmaScriptCallSites } from './support/call-sites.mjs';
import { compareCalls } from './support/compare-calls.mjs';
import { oracleTsconfig } from './support/oracle-tsconfig.mjs';
import { graphOf, partsOf, repositoriesWith } from './support/repositories.mjs';
import { readIndex } from './support/scip-index.mjs';
import { timed } from './support/timed.mjs';

const require = createRequire(import.meta.url);
const indexer = require.resolve('@sourcegraph/scip-typescript/dist/src/main.js');
const report = new Report('graph/calls');

for (const root of repositoriesWith(/\.[cm]?tsx?$/, 'TypeScript', report)) {
  const name = basename(root);
  const graph = await graphOf(root, 'auto');
  report.note(`${name}: ${JSON.stringify(graph.project.metadata.callChecker)}`);
  const output = join(mkdtempSync(join(tmpdir(), 'hil-scip-')), 'index.scip');
  const config = oracleTsconfig(
    root,
    { allowJs: true, skipLibCheck: true, types: [] },
    partsOf(root),
  );
  timed(process.execPath, [indexer, 'index', '--no-global-caches', '--output', output, config], {
    cwd: root,
  });
  const sitesOf = (path) => ecmaScriptCallSites(path, readFileSync(join(root, path), 'utf8'));
  const result = compareCalls(graph, readIndex(output), sitesOf);
  const { precision, recall, ours, expected, elsewhere, byResolution, invented, missed } = result;
  report.figure({
    name: `${name}: precision`,
    unit: `of ${ours}`,
    values: [precision],
    atLeast: 0.98,
  });
  report.figure({
    name: `${name}: recall`,
    unit: `of ${expected}`,
    values: [recall],
    atLeast: 0.98,
  });
  report.note(
    `${elsewhere} calls go to what is no symbol of the graph: libraries, locals, parameters`,
  );
  report.note(`by resolution: ${JSON.stringify(byResolution)}`);
  report.note(`only ours: ${invented.slice(0, 5).join(' | ') || 'none'}`);
  report.note(`only the oracle's: ${missed.slice(0, 5).join(' | ') || 'none'}`);
}
report.end();
