import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const MODULES = 1_500;
const FUNCTIONS = 40;
/** Of 1 MB each, which compression makes no smaller. */
const ASSETS = 45;
const TEST_FILES = 15;

export const execute = promisify(execFile);

/**
 * A repository of about 60 MB: 15 MB of modules that import each other, 45 MB of assets, one dependency of
 * its own, and a suite that takes `testSeconds`, nearly all of it waiting. Answers the bare repository.
 */
export async function largeRepository(folder, testSeconds) {
  const checkout = join(folder, 'checkout');
  const bare = join(folder, 'large.git');
  for (const name of ['src', 'assets', 'test', 'inner']) {
    await mkdir(join(checkout, name), { recursive: true });
  }
  const write = (path, text) => writeFile(join(checkout, path), text);
  for (let n = 0; n < MODULES; n += 1) await write(`src/m${n}.js`, moduleText(n));
  for (let n = 0; n < ASSETS; n += 1) await write(`assets/${n}.bin`, randomBytes(1_000_000));
  for (let n = 0; n < TEST_FILES; n += 1) {
    await write(`test/m${n}.test.js`, testText(n, (testSeconds * 1_000) / TEST_FILES));
  }
  await write('inner/package.json', '{"name":"inner","version":"1.0.0","main":"index.js"}');
  await write('inner/index.js', 'module.exports = 42;\n');
  await write(
    'package.json',
    JSON.stringify({
      name: 'large',
      version: '1.0.0',
      type: 'module',
      scripts: { test: 'node --test --test-concurrency=1' },
      dependencies: { inner: 'file:./inner' },
    }),
  );
  await write('.gitignore', 'node_modules/\n');
  await execute('npm', ['install', '--package-lock-only', '--no-audit'], { cwd: checkout });
  const git = (...args) => execute('git', args, { cwd: checkout });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qm', 'base');
  await git('clone', '--quiet', '--bare', checkout, bare);
  return bare;
}

function moduleText(n) {
  const imported = n === 0 ? '' : `import { f${n - 1}x0 } from './m${n - 1}.js';\n`;
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => {
    const called = n > 0 && i === 1 ? `f${n - 1}x0(a)` : i > 0 ? `f${n}x${i - 1}(a)` : 'a';
    return `/** Step ${i} of module ${n}: adds its number to what the step before it made of the input. */
export function f${n}x${i}(a) {
  const before = ${called};
  if (before === undefined) throw new Error('step ${i} of module ${n} got nothing');
  return before + ${i};
}
`;
  });
  return imported + functions.join('\n');
}

function testText(n, ms) {
  return `import assert from 'node:assert/strict';
import { test } from 'node:test';
import inner from 'inner';
import { f${n}x0 } from '../src/m${n}.js';

test('module ${n}', async () => {
  assert.equal(inner, 42);
  assert.equal(f${n}x0(1), 1);
  await new Promise((done) => setTimeout(done, ${Math.round(ms)}));
});
`;
}
