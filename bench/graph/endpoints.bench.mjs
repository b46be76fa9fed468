#!/usr/bin/env node
/**
 * The endpoints in the graph against the routes that a running application of each framework reports of itself.
 *
 *   npm run build && npm ci --prefix bench
 *   node bench/graph/endpoints.bench.mjs [--only=express,flask] [--record] [--strict] [--json=FILE]
 *
 * Python samples get a virtual environment, Spring is built with Maven and a JDK, Next.js is installed and built;
 * what a machine lacks is left out and said. `--record` keeps what the frameworks reported in endpoints/recorded.json,
 * against which a spec of the knowledge graph holds every build. ASP.NET has no SDK in npm, so its routes were read by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ORACLES } from './endpoints/oracles.mjs';
import { routesInGraph } from './endpoints/routes-in-graph.mjs';
import { Report } from '../shared/report.mjs';

const samples = join(import.meta.dirname, 'endpoints/samples');
const only = process.argv
  .find((arg) => arg.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const recordFile = join(import.meta.dirname, 'endpoints/recorded.json');
const recorded = JSON.parse(readFileSync(recordFile, 'utf8'));
const report = new Report('graph/endpoints');
for (const [name, oracle] of Object.entries(ORACLES)) {
  if (only !== undefined && !only.includes(name)) continue;
  const sample = join(samples, name);
  const told = await oracle.routes(sample);
  if (told.missing !== undefined) {
    report.note(`${name}: not run, ${told.missing}`);
    continue;
  }
  const ours = new Set((await routesInGraph(sample)).map(oracle.normal));
  const theirs = new Set(told.routes.map(oracle.normal));
  recorded[name] = { source: oracle.source, routes: [...theirs].sort() };
  const lost = [...theirs].filter((one) => !ours.has(one));
  const invented = [...ours].filter((one) => !theirs.has(one));
  const common = theirs.size - lost.length;
  report.figure({
    name: `${name} recall`,
    unit: `of ${theirs.size} routes (${oracle.source})`,
    values: [common / theirs.size],
    atLeast: 1,
  });
  report.figure({
    name: `${name} precision`,
    unit: `of ${ours.size} endpoints`,
    values: [common / ours.size],
    atLeast: 1,
  });
  for (const one of lost) report.note(`${name}: lost ${one}`);
  for (const one of invented) report.note(`${name}: invented ${one}`);
}
if (process.argv.includes('--record'))
  writeFileSync(recordFile, `${JSON.stringify(recorded, null, 2)}\n`);
report.end();
