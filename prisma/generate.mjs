/**
 * Generates the Prisma client into libs/persistence/src/generated, without a network.
 *
 *   node generate.mjs            writes the client
 *   node generate.mjs --check    writes it too, and exits 1 when the committed one was stale
 *
 * The CLI looks for a schema engine binary before every command and downloads it when it is
 * missing. `generate` and `validate` never start it (they use WebAssembly), so any executable
 * will do. Never do the same for `migrate deploy`: it would exit 0 having done nothing.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const output = join(here, '../libs/persistence/src/generated');

/** One hash over names and contents of all files below a folder. */
function hashTree(folder) {
  const hash = createHash('sha256');
  if (!existsSync(folder)) return '';
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

const before = hashTree(output);
const cli = join(here, 'node_modules/prisma/build/index.js');
if (!existsSync(cli)) {
  console.error('The Prisma CLI is not installed: run `npm ci --prefix prisma` first.');
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [cli, 'generate'], {
  cwd: here,
  stdio: 'inherit',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  },
});
if (status !== 0) process.exit(status ?? 1);

if (process.argv.includes('--check') && before !== hashTree(output)) {
  console.error('The committed client did not belong to schema.prisma. It does now: commit it.');
  process.exit(1);
}
