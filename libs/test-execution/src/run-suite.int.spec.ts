import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDependencies } from './install/prepare-dependencies.js';
import { NODE_TEST } from './spec-support/node-test-suite.js';
import { driver, firstSuite, installs, probe, run, testWhere } from './spec-support/suites.js'; // prettier-ignore
import { folder, removeTrees, tree } from './spec-support/trees.js';

jest.setTimeout(120_000);
afterAll(removeTrees);

describe(`suites under ${driver.name}`, () => {
  it('closes with totals, sandbox and status', async () => {
    const { results } = await run(tree(NODE_TEST), { phase: 'after' });
    expect(results.at(-1)).toMatchObject({
      kind: 'test',
      phase: 'after',
      status: 'failed',
      totals: { passed: 2, failed: 1, skipped: 1, errors: 0 },
      sandbox: { driver: driver.name },
    });
  });

  it('holds back tests that print while there is no room, and loses no line', async () => {
    const count = 20_000;
    const workspace = tree({
      'package.json': '{"scripts":{"test":"node print.js"}}',
      'print.js': `for (let n = 0; n < ${count}; n += 1) console.log('line ' + n + ' '.repeat(100) + '.');`,
    });
    let waits = 0;
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const lines: string[] = [];
    let over = false;
    const running = run(workspace, {
      onLog: (line) => lines.push(line),
      room: () => {
        waits += 1;
        return gate;
      },
    }).finally(() => (over = true));
    const deadline = Date.now() + 20_000;
    while (waits === 0 && Date.now() < deadline) await sleep(20);
    await sleep(1_000);
    expect(over).toBe(false);
    expect(lines.length).toBeLessThan(count / 4);
    open();
    expect((await running).result.status).toBe('passed');
    expect(lines.filter((line) => line.startsWith('line '))).toHaveLength(count);
  });

  it('no tests found is neither a failure nor a pass', async () => {
    const empty = tree({ 'package.json': '{"scripts":{"test":"node --test"}}', 'index.js': '' });
    const { result, results } = await run(empty);
    expect(result).toMatchObject({ status: 'no_tests', message: 'No tests found.' });
    expect(results.at(-1)?.status).toBe('not_run');
  });

  it('a run that is stopped by its time limit is an error that says so', async () => {
    const slow = tree({
      'package.json': '{"scripts":{"test":"node --test"}}',
      'a.test.js':
        "const { test } = require('node:test'); test('slow', () => new Promise((r) => setTimeout(r, 60000)));",
    });
    const { result } = await run(slow, { limits: { timeoutMs: 1500 } });
    expect(result.status).toBe('error');
    expect(result.message).toMatch(/stopped after 1\.5 s/);
  });

  it('a suite without its toolchain is not run, with the reason', async () => {
    const workspace = tree({ 'package.json': '{"scripts":{"test":"node --test"}}' });
    const suite = await firstSuite(workspace);
    const { result } = await run(workspace, { suite: { ...suite, notRun: 'no SDK' } });
    expect(result).toMatchObject({ status: 'not_run', sandbox: { driver: 'none' } });
  });

  testWhere(
    installs,
    probe.reason ?? 'no sandbox',
    'dependencies are installed once and read-only while tests run, but for caches, which no other run sees',
    async () => {
      const files = {
        'package.json':
          '{"scripts":{"test":"node --test"},"dependencies":{"inner":"file:./inner"}}',
        'inner/package.json':
          '{"name":"inner","version":"1.0.0","scripts":{"install":"touch ran"}}',
        'inner/index.js': 'module.exports = 42;',
        'a.test.js': `
const { test } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
test('uses it', () => assert.equal(require('inner'), 42));
test('can not change it', () => assert.throws(() => fs.writeFileSync('node_modules/x', '')));
test('keeps a cache of its own where tools do', () => {
  fs.writeFileSync('node_modules/.cache/kept', '', { flag: 'wx' });
});
test('ran no script', () => assert.ok(!fs.existsSync('inner/ran')));
`,
      };
      const cacheDir = folder();
      for (const reused of [false, true]) {
        const workspace = tree(files);
        const suite = await firstSuite(workspace);
        const dependencies = await prepareDependencies({ suite, workspace, driver, cacheDir });
        expect(dependencies).toMatchObject({ status: 'ready', reused });
        const { result } = await run(workspace, { dependencies });
        expect(result).toMatchObject({ status: 'passed', totals: { passed: 4 } });
      }
    },
  );
});
