import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { NODE_TEST } from './spec-support/node-test-suite.js';
import { brief, driver, found, ownModules, probe, pytestThere, run, testWhere } from './spec-support/suites.js'; // prettier-ignore
import { removeTrees, tree } from './spec-support/trees.js';

jest.setTimeout(120_000);
afterAll(removeTrees);

describe(`frameworks under ${driver.name}`, () => {
  it('node:test: streams every case and counts as its own summary', async () => {
    const { result, results, lines } = await run(tree(NODE_TEST));
    expect(brief(results)).toEqual([
      'passed a.test.js sums > adds',
      'failed a.test.js sums > breaks',
      'skipped a.test.js sums > waits',
      'passed a.test.js serves on its own loopback',
    ]);
    expect(results[1]?.message).toContain('one is not two');
    expect(result.totals).toEqual({ passed: 2, failed: 1, skipped: 1, errors: 0 });
    expect(lines).toContain('plain');
    // Nothing of what would reach a terminal of the person who looks on.
    expect(JSON.stringify([results, lines])).not.toMatch(/\\u00|owned/);
    expect(lines).toContain('ℹ pass 2');
    expect(lines).toContain('ℹ fail 1');
  });

  testWhere(
    driver.isolatesFilesystem,
    probe.reason ?? 'no sandbox',
    'jest: streams cases, todo, a broken file',
    async () => {
      const workspace = tree({
        'package.json': '{"scripts":{"test":"jest"},"jest":{"testEnvironment":"node"}}',
        'a.test.js':
          "describe('g', () => { test('ok', () => {}); test('bad', () => { expect(1).toBe(2); }); test.skip('later', () => {}); test.todo('some day'); });",
        'b.test.js': "require('./missing');",
      });
      const { result, results } = await run(workspace, { dependencies: ownModules });
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
    },
  );

  testWhere(pytestThere, 'pytest not found', 'pytest: counts as pytest counts', async () => {
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

  testWhere(
    found.python3 !== undefined,
    'python3 not found',
    'unittest: streams cases and subtests',
    async () => {
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
    },
  );

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
});
