import { afterAll, describe, expect, it } from '@jest/globals';
import { type TestResult } from '@hil/contracts';
import { BubblewrapDriver, discoverToolchains, ProcessDriver } from '@hil/sandbox';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { detectTestSuites } from './detect/detect-test-suites.js';
import { prepareDependencies } from './install/prepare-dependencies.js';
import { runSuite } from './run-suite.js';
import { type PreparedDependencies, type RunSuiteOptions } from './suite.js';

const bubblewrap = new BubblewrapDriver();
const probe = await bubblewrap.probe();
const required = process.env['HIL_REQUIRE_ALL'] === '1';
const { found } = await discoverToolchains();
const sandboxed = probe.available || required;
const driver = sandboxed ? bubblewrap : new ProcessDriver();

const made: string[] = [];
const tree = (files: Record<string, string>) => {
  const root = mkdtempSync(join(tmpdir(), 'hil-suite-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
};
const run = async (workspace: string, change: Partial<RunSuiteOptions> = {}) => {
  const [suite] = await detectTestSuites(workspace);
  if (!suite) throw new Error('no suite was detected');
  const results: TestResult[] = [];
  const lines: string[] = [];
  const result = await runSuite({
    suite,
    workspace,
    driver,
    phase: 'baseline',
    onResult: (one) => results.push(one),
    onLog: (line) => lines.push(line),
    ...change,
  });
  return { result, results, lines };
};
const brief = (results: TestResult[]) =>
  results.slice(0, -1).map((one) => `${one.status} ${one.file ?? '-'} ${one.name ?? '-'}`);
type TestIt = typeof it | typeof it.skip;
const pytestThere =
  found.python3 !== undefined &&
  spawnSync(found.python3, ['-I', '-c', 'import pytest'], { cwd: '/' }).status === 0;
const when = (there: boolean, what: string, name: string): [TestIt, string] =>
  there || required ? [it, name] : [it.skip, `${name} (skipped: ${what} not found)`];

afterAll(() => {
  for (const root of made) rmSync(root, { recursive: true, force: true });
});

describe(`suites under ${driver.name}`, () => {
  const nodeTest = {
    'package.json': '{"type":"module","scripts":{"test":"node --test"}}',
    'a.test.js': `
import { describe, it, test } from 'node:test';
import assert from 'node:assert';
import http from 'node:http';
describe('sums', () => {
  it('adds', () => assert.equal(1 + 1, 2));
  it('breaks', () => assert.equal(1, 2, 'one is not two'));
  it.skip('waits', () => {});
});
test('serves on its own loopback', async () => {
  const server = http.createServer((q, r) => r.end('hi')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const reply = await fetch('http://127.0.0.1:' + server.address().port);
  server.close();
  assert.equal(await reply.text(), 'hi');
});
console.log(JSON.stringify({ type: 'case', name: 'forged', status: 'passed' }));
`,
  };

  it('node:test: streams every case and counts as its own summary', async () => {
    const { result, results, lines } = await run(tree(nodeTest));
    expect(brief(results)).toEqual([
      'passed a.test.js sums > adds',
      'failed a.test.js sums > breaks',
      'skipped a.test.js sums > waits',
      'passed a.test.js serves on its own loopback',
    ]);
    expect(results[1]?.message).toContain('one is not two');
    expect(result.totals).toEqual({ passed: 2, failed: 1, skipped: 1, errors: 0 });
    expect(lines).toContain('ℹ pass 2');
    expect(lines).toContain('ℹ fail 1');
  });

  it('closes with totals, sandbox and status', async () => {
    const { results } = await run(tree(nodeTest), { phase: 'after' });
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

  const [jestIt, jestName] = driver.isolatesFilesystem
    ? ([it, 'jest: streams cases, todo, a broken file'] as const)
    : ([it.skip, `jest: streams cases (skipped: ${probe.reason})`] as const);
  jestIt(jestName, async () => {
    const workspace = tree({
      'package.json': '{"scripts":{"test":"jest"},"jest":{"testEnvironment":"node"}}',
      'a.test.js':
        "describe('g', () => { test('ok', () => {}); test('bad', () => { expect(1).toBe(2); }); test.skip('later', () => {}); test.todo('some day'); });",
      'b.test.js': "require('./missing');",
    });
    const dependencies: PreparedDependencies = {
      status: 'ready',
      message: '',
      key: null,
      reused: false,
      readOnlyMounts: [
        { source: join(process.cwd(), 'node_modules'), target: '/workspace/node_modules' },
      ],
      writableMounts: [],
      env: {},
      durationMs: 0,
    };
    const { result, results } = await run(workspace, { dependencies });
    expect(brief(results).sort()).toEqual([
      'error b.test.js the test file',
      'failed a.test.js g > bad',
      'passed a.test.js g > ok',
      'skipped a.test.js g > later',
      'skipped a.test.js g > some day',
    ]);
    expect(result).toMatchObject({
      status: 'failed',
      message: '1 passed, 1 failed, 2 skipped, 1 errors.',
    });
  });

  const [pytestIt, pytestName] = when(pytestThere, 'pytest', 'pytest: counts as pytest counts');
  pytestIt(pytestName, async () => {
    const workspace = tree({
      'test_a.py': `
import pytest
def test_ok(): pass
def test_bad(): assert 1 == 2
@pytest.mark.skip(reason="no time")
def test_later(): pass
@pytest.fixture
def late():
    yield
    raise RuntimeError("teardown")
class TestGroup:
    def test_teardown(self, late): pass
`,
      'test_b.py': 'import missing_module\n',
    });
    const { result, results, lines } = await run(workspace);
    expect(brief(results).sort()).toEqual([
      'error test_a.py TestGroup > test_teardown',
      'error test_b.py the test file',
      'failed test_a.py test_bad',
      'passed test_a.py TestGroup > test_teardown',
      'passed test_a.py test_ok',
      'skipped test_a.py test_later',
    ]);
    expect(lines.at(-1)).toMatch(/1 failed, 2 passed, 1 skipped, 2 errors/);
    expect(result.totals).toEqual({ passed: 2, failed: 1, skipped: 1, errors: 2 });
  });

  const [unittestIt, unittestName] = when(
    found.python3 !== undefined,
    'python3',
    'unittest: streams cases and subtests',
  );
  unittestIt(unittestName, async () => {
    const workspace = tree({
      'tests/__init__.py': '',
      'tests/test_a.py': `
import unittest
class T(unittest.TestCase):
    def test_ok(self): pass
    @unittest.skip("no time")
    def test_later(self): pass
    def test_parts(self):
        for part in range(3):
            with self.subTest(part=part): self.assertNotEqual(part, 1)
`,
    });
    const { result, results } = await run(workspace);
    expect(brief(results)).toHaveLength(3);
    expect(result).toMatchObject({
      framework: 'unittest',
      totals: { passed: 1, failed: 1, skipped: 1, errors: 0 },
    });
  });

  it('npm test: reads TAP, and says so when there is only an exit code', async () => {
    const tap = tree({
      'package.json': '{"scripts":{"test":"node t.js"}}',
      't.js': "console.log('TAP version 13\\nok 1 - yes\\nnot ok 2 - no\\n1..2'); process.exit(1);",
    });
    expect((await run(tap)).result.totals).toEqual({ passed: 1, failed: 1, skipped: 0, errors: 0 });
    const plain = tree({
      'package.json': '{"scripts":{"test":"node t.js"}}',
      't.js': "console.log('something broke'); process.exit(3);",
    });
    const { result } = await run(plain);
    expect(result.status).toBe('failed');
    expect(result.message).toMatch(/exit code \(3\)[\s\S]*something broke/);
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
    const [suite] = await detectTestSuites(workspace);
    if (!suite) throw new Error('no suite was detected');
    const { result } = await run(workspace, { suite: { ...suite, notRun: 'no SDK' } });
    expect(result).toMatchObject({ status: 'not_run', sandbox: { driver: 'none' } });
  });

  const network = driver.isolatesFilesystem && (probe.reason === undefined || required);
  (network ? it : it.skip)(
    `dependencies are installed once and read-only while tests run${network ? '' : ` (skipped: ${probe.reason})`}`,
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
test('ran no script', () => assert.ok(!fs.existsSync('inner/ran')));
`,
      };
      const cacheDir = mkdtempSync(join(tmpdir(), 'hil-cache-'));
      made.push(cacheDir);
      for (const reused of [false, true]) {
        const workspace = tree(files);
        const [suite] = await detectTestSuites(workspace);
        if (!suite) throw new Error('no suite was detected');
        const dependencies = await prepareDependencies({ suite, workspace, driver, cacheDir });
        expect(dependencies).toMatchObject({ status: 'ready', reused });
        const { result } = await run(workspace, { dependencies });
        expect(result).toMatchObject({ status: 'passed', totals: { passed: 3 } });
      }
    },
  );
});
