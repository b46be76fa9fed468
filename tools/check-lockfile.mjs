#!/usr/bin/env node
/**
 * Finds in seconds what would break `npm ci` elsewhere:
 * - an address of the registry the lock was made with (every machine uses its own);
 * - a platform's binary package that its parent lists and the lock lacks, which `npm ci` refuses
 *   (EUSAGE), at first only on other platforms.
 */
import { readFileSync } from 'node:fs';

let failed = false;
for (const file of [
  'package-lock.json',
  'bench/package-lock.json',
  'prisma/package-lock.json',
  'tests/diagrams/package-lock.json',
]) {
  const { packages } = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
  const problems = problemsOf(packages);
  for (const problem of problems) console.error(problem);
  console.log(`${file}: ${Object.keys(packages).length} entries, ${problems.length} problems`);
  failed ||= problems.length > 0;
}
process.exitCode = failed ? 1 : 0;

function problemsOf(packages) {
  const problems = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (/^(https?|git)/.test(entry.resolved ?? '')) {
      problems.push(`${path}: "resolved" names ${new URL(entry.resolved).host}`);
    }
    if (path.includes('node_modules/') && entry.link !== true && entry.integrity === undefined) {
      problems.push(`${path}: has no "integrity"`);
    }
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isLocked(packages, path, name)) {
        problems.push(`${path}: its optional dependency ${name} is missing in the lock`);
      }
    }
  }
  return problems;
}

/** Node's way: next to the package's own dependencies, then in each folder above. */
function isLocked(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('node_modules/'))) {
    folder = folder.replace(/\/$/, '');
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (path in packages) return true;
    if (!folder.includes('node_modules/')) return `node_modules/${name}` in packages;
  }
}
