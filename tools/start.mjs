#!/usr/bin/env node
/**
 * `npm start`: builds what changed, the command line too, then runs the standalone app in this process' place.
 * `node tools/start.mjs apps`: the five apps of the scaled shape, for development.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SCALED = ['gateway', 'planner', 'editor', 'test-runner', 'pr-worker'];
const shape = process.argv[2] ?? 'standalone';
const names = shape === 'apps' ? SCALED : ['standalone'];

const started = performance.now();
const built = await finished(
  spawn(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', ...[...names, 'cli'].map((name) => `apps/${name}`)],
    { cwd: root, stdio: 'inherit' },
  ),
);
if (built !== 0) process.exit(built);
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);

const children = names.map((name) =>
  spawn(process.execPath, ['--enable-source-maps', `${root}apps/${name}/dist/main.js`], {
    stdio: 'inherit',
    env:
      shape === 'apps' && name !== 'gateway' ? { ...process.env, HEALTH_PORT: '0' } : process.env,
  }),
);
// Each app ends orderly on its first signal and at once on a second, so none is sent twice by us.
let stopping = false;
// A terminal sends Ctrl-C to the whole group; a supervisor's SIGTERM reaches only this process.
process.on('SIGINT', () => {
  stopping = true;
});
process.on('SIGTERM', stopAll);
const codes = await Promise.all(
  children.map(async (child) => {
    const code = await finished(child);
    // Without one of its parts the rest is no use.
    stopAll();
    return code;
  }),
);
process.exit(codes.find((code) => code !== 0) ?? 0);

function stopAll() {
  if (stopping) return;
  stopping = true;
  for (const child of children) child.kill('SIGTERM');
}

function finished(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 0 : 1)));
  });
}
