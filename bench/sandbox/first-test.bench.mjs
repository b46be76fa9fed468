/**
 * Time from the start of a suite to its first streamed test, in the sandbox with our reporter, against the
 * same `node --test` as a plain process and the first line of its own reporter. Taken in turns.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BubblewrapDriver } from '@hil/sandbox';
import { detectTestSuites, runSuite } from '@hil/test-execution';
import { Report } from '../shared/report.mjs';
import { roundsWanted } from '../shared/rounds.mjs';

const report = new Report('sandbox/first-test');
const driver = new BubblewrapDriver();
const { available, reason } = await driver.probe();
const workspace = await mkdtemp(join(tmpdir(), 'hil-first-test-'));
try {
  await writeFile(join(workspace, 'package.json'), '{"scripts":{"test":"node --test"}}');
  // The second test takes two seconds: what streams does not wait for it.
  await writeFile(
    join(workspace, 'a.test.js'),
    `const { test } = require('node:test');
test('quick', () => {});
test('slow', () => new Promise((done) => setTimeout(done, 2000)));
`,
  );
  if (!available) {
    report.note(`bubblewrap is not usable here: ${reason}`);
  } else {
    const [suite] = await detectTestSuites(workspace);
    const figures = { ours: [], bare: [], whole: [] };
    for (let round = 0; round < roundsWanted(5); round += 1) {
      const bare = await firstOfBare();
      const { first, whole } = await firstOfOurs(suite);
      figures.bare.push(bare);
      figures.ours.push(first);
      figures.whole.push(whole - first);
    }
    report.compare({
      name: 'first streamed test',
      unit: 'ms',
      ours: figures.ours,
      bare: figures.bare,
      bareIs: 'node --test to its first line',
      atMost: 2,
    });
    report.figure({
      name: 'the suite went on after the first result for',
      unit: 'ms',
      values: figures.whole,
      atLeast: 1500,
    });
  }
} finally {
  await rm(workspace, { recursive: true, force: true });
}
report.end();

async function firstOfOurs(suite) {
  const begun = performance.now();
  let first;
  await runSuite({
    suite,
    workspace,
    driver,
    phase: 'after',
    onResult: () => {
      first ??= performance.now() - begun;
    },
  });
  return { first, whole: performance.now() - begun };
}

function firstOfBare() {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let first;
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd: workspace,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout.on('data', (data) => {
      if (/ok 1 - quick/.test(data.toString())) first ??= performance.now() - begun;
    });
    child.on('error', reject);
    child.on('exit', () =>
      first === undefined ? reject(new Error('no test was printed')) : resolve(first),
    );
  });
}
