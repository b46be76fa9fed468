#!/usr/bin/env node
/**
 * Holds docs/dependencies.md to the package.json files: each direct dependency has one row with its
 * version, its licence (as installed) and a reason, and no row is left over. Also: exact versions
 * only, one version of each in the whole workspace, and permissive licences only.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LICENCES = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD']);
const problems = [];

const folders = ['', 'prisma/'];
for (const parent of ['apps', 'libs']) {
  for (const name of readdirSync(root + parent)) folders.push(`${parent}/${name}/`);
}

/** name -> version and the folders that ask for it */
const direct = new Map();
for (const folder of folders) {
  if (!existsSync(`${root}${folder}package.json`)) continue;
  const { dependencies, devDependencies } = json(`${folder}package.json`);
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    if (name.startsWith('@hil/')) continue;
    if (!/^\d/.test(version)) problems.push(`${folder}package.json: ${name} is not pinned`);
    const known = direct.get(name) ?? { version, folders: [] };
    if (known.version !== version) {
      problems.push(`${name}: ${known.version} in ${known.folders[0]}, ${version} in ${folder}`);
    }
    known.folders.push(folder);
    direct.set(name, known);
  }
}

const rows = new Map();
const text = readFileSync(`${root}docs/dependencies.md`, 'utf8');
for (const line of text.split('\n')) {
  const cells = line.split('|').map((cell) => cell.trim());
  const name = /^`(.+)`$/.exec(cells[1] ?? '')?.[1];
  if (name === undefined) continue;
  if (rows.has(name)) problems.push(`docs/dependencies.md: two rows for ${name}`);
  rows.set(name, { version: cells[2], licence: cells[3], reason: cells[5] });
}

for (const [name, { version, folders: users }] of direct) {
  const row = rows.get(name);
  if (row === undefined) {
    problems.push(`docs/dependencies.md: no row for ${name} (${users.join(', ') || 'root'})`);
    continue;
  }
  if (row.version !== version) {
    problems.push(`docs/dependencies.md: ${name} is ${version}, not ${row.version}`);
  }
  if (!row.reason) problems.push(`docs/dependencies.md: ${name} has no reason`);
  if (!LICENCES.has(row.licence)) {
    problems.push(`${name}: licence ${row.licence} is not one this project takes`);
  }
  const installed = ['', ...users]
    .map((folder) => `${folder}node_modules/${name}/package.json`)
    .find((path) => existsSync(root + path) && json(path).version === version);
  // prisma/ is installed only by those who change the schema.
  if (installed === undefined) continue;
  if (json(installed).license !== row.licence) {
    problems.push(
      `docs/dependencies.md: ${name} is ${json(installed).license}, not ${row.licence}`,
    );
  }
}
for (const name of rows.keys()) {
  if (!direct.has(name)) problems.push(`docs/dependencies.md: ${name} is no longer used`);
}

for (const problem of problems) console.error(problem);
console.log(`${direct.size} direct dependencies, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function json(path) {
  return JSON.parse(readFileSync(root + path, 'utf8'));
}
