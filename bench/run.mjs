#!/usr/bin/env node
/**
 * `npm run bench [-- NAME ...] [--rounds=N] [--json=FOLDER] [--strict]`: the benchmarks of bench/spine one after the
 * other, each a process of its own; with names, those alone (`spine/stage-hop`, or any `*.bench.mjs` below bench/).
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const argv = process.argv.slice(2);
const flags = argv.filter((arg) => arg.startsWith('--') && !arg.startsWith('--json='));
const json = argv.find((arg) => arg.startsWith('--json='))?.slice('--json='.length);
const named = argv.filter((arg) => !arg.startsWith('--'));

const names = named.length > 0 ? named : benchmarksIn('spine');
if (json !== undefined) mkdirSync(json, { recursive: true });
for (const name of names) {
  const to =
    json === undefined ? [] : [`--json=${resolve(json, `${name.replaceAll('/', '-')}.json`)}`];
  const code = await run([join(here, `${name}.bench.mjs`), ...flags, ...to]);
  if (code !== 0) {
    console.error(`${name} ended with ${code}`);
    process.exitCode = 1;
  }
  // Wrong use of one is wrong use of all, and has been explained.
  if (code === 2) break;
}

function benchmarksIn(folder) {
  return readdirSync(join(here, folder))
    .filter((file) => file.endsWith('.bench.mjs'))
    .sort()
    .map((file) => `${folder}/${file.slice(0, -'.bench.mjs'.length)}`);
}

function run(args) {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => done(code ?? signal));
  });
}
