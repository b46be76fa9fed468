/**
 * C#: the edges of a small project against those read by hand in csharp/edges.txt, as there is no .NET SDK in
 * the registries of npm, PyPI, Maven or Debian to ask.
 *
 *   npm run bench -- graph/csharp-edges
 */
import { join } from 'node:path';
import { Report } from '../shared/report.mjs';
import { edgesByHand, edgesOfGraph } from './csharp/compare-edges.mjs';
import { graphOf } from './support/repositories.mjs';

const report = new Report('graph/csharp-edges');
const expected = edgesByHand();
const found = edgesOfGraph(await graphOf(join(import.meta.dirname, 'csharp/lending'), 'off'));
for (const type of ['imports', 'extends', 'implements', 'calls']) {
  const wanted = [...expected].filter((edge) => edge.startsWith(`${type} `));
  const ours = [...found].filter((edge) => edge.startsWith(`${type} `));
  const agreed = ours.filter((edge) => expected.has(edge)).length;
  report.figure({
    name: `${type}: precision`,
    unit: `of ${ours.length}`,
    values: [agreed / ours.length],
    atLeast: 0.95,
  });
  report.figure({
    name: `${type}: recall`,
    unit: `of ${wanted.length}`,
    values: [agreed / wanted.length],
    atLeast: 0.9,
  });
}
for (const edge of found) if (!expected.has(edge)) report.note(`only ours: ${edge}`);
for (const edge of expected) if (!found.has(edge)) report.note(`only by hand: ${edge}`);
report.end();
