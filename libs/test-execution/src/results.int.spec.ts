import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { type Check } from './checks/check.js';
import { runCheck } from './checks/run-check.js';
import { driver, found, ownModules as dependencies, probe, pytestThere, run, testWhere } from './spec-support/suites.js'; // prettier-ignore
import { removeTrees, tree } from './spec-support/trees.js';

jest.setTimeout(120_000);
afterAll(removeTrees);

describe('results of commands nobody knows', () => {
  const script = "require('fs').writeFileSync('junit.xml', process.env.XML); process.exit(1);";
  const xml =
    '<testsuites><testsuite><testcase classname="a" name="holds"/><testcase classname="a" name="breaks"><failure message="no">at t.js:1</failure></testcase></testsuite></testsuites>';

  it('come from the JUnit XML they leave', async () => {
    const workspace = tree({
      'package.json': '{"scripts":{"test":"node t.js"}}',
      't.js': `process.env.XML = ${JSON.stringify(xml)}; ${script}`,
    });
    const { result } = await run(workspace);
    expect(result).toMatchObject({
      status: 'failed',
      source: 'xml',
      totals: { passed: 1, failed: 1 },
    });
    expect(result.cases[1]).toMatchObject({ name: 'a > breaks', file: 't.js', line: 1 });
  });

  it('come from the reports .hil.yml names, not from those that were there before', async () => {
    const workspace = tree({
      '.hil.yml': 'tests:\n  - command: node t.js\n    junit: out/*.xml\n',
      't.js': `require('fs').writeFileSync('out/new.xml', ${JSON.stringify(xml)});`,
      'out/old.xml': xml.replaceAll('"a"', '"old"'),
    });
    const { cases } = (await run(workspace)).result;
    expect(cases.map(({ name }) => name)).toEqual(['a > holds', 'a > breaks']);
  });

  it('are the exit code alone when nothing else is left, and say so', async () => {
    const workspace = tree({ '.hil.yml': 'tests:\n  - command: echo fine\n' });
    const { result } = await run(workspace);
    expect(result).toMatchObject({ status: 'passed', source: 'exit_code', cases: [] });
    expect(result.message).toContain('exit code (0)');
  });
});

describe('affected tests', () => {
  testWhere(pytestThere, 'pytest not found', 'come first with pytest', async () => {
    const workspace = tree({
      'test_a.py': 'def test_one(): pass\ndef test_two(): pass\n',
      'test_b.py': 'def test_three(): pass\ndef test_four(): assert 1 == 2\n',
    });
    const { cases } = (await run(workspace, { first: ['test_b.py'] })).result;
    expect(cases.map(({ name }) => name)).toEqual([
      'test_three',
      'test_four',
      'test_one',
      'test_two',
    ]);
    expect(cases[1]).toMatchObject({ file: 'test_b.py', line: 2 });
    const { result: again } = await run(workspace, { only: cases.slice(1, 2) });
    expect(again.cases.map(({ name }) => name)).toEqual(['test_four']);
  });

  testWhere(
    found.python3 !== undefined,
    'python3 not found',
    'come first with unittest',
    async () => {
      const body = 'import unittest\nclass T(unittest.TestCase):\n    def test_it(self): pass\n';
      const workspace = tree({ 'test_a.py': body, 'test_b.py': body });
      const { cases } = (await run(workspace, { first: ['test_b.py'] })).result;
      expect(cases.map(({ file }) => file)).toEqual(['test_b.py', 'test_a.py']);
      const { result: again } = await run(workspace, { only: cases.slice(0, 1) });
      expect(again.cases.map(({ file }) => file)).toEqual(['test_b.py']);
    },
  );

  testWhere(
    driver.isolatesFilesystem,
    probe.reason ?? 'no sandbox',
    'come first with jest, with the place of a failure and the coverage of lines',
    async () => {
      const workspace = tree({
        'package.json':
          '{"scripts":{"test":"jest --runInBand --coverage"},"jest":{"testEnvironment":"node"}}',
        'sum.js':
          'exports.sum = (a, b) => {\n  if (a < 0) {\n    return 0;\n  }\n  return a + b;\n};\n',
        'large.test.js': `test('large', () => {});\n${'// long\n'.repeat(50)}`,
        'small.test.js':
          "const { sum } = require('./sum');\ntest('adds', () => {\n  expect(sum(1, 1)).toBe(3);\n});\n",
      });
      const options = { dependencies, first: ['small.test.js'], coverage: true };
      const { cases, coverage } = (await run(workspace, options)).result;
      expect(cases.map(({ name }) => name)).toEqual(['adds', 'large']);
      expect(cases[0]).toMatchObject({ status: 'failed', file: 'small.test.js', line: 3 });
      expect(cases[0]?.message).toMatch(/Expected: 3[\s\S]*Received: 2/);
      expect(coverage?.['sum.js']).toEqual(expect.arrayContaining([[3, 0], [5, 1]])); // prettier-ignore
      const { result: again } = await run(workspace, { dependencies, only: cases.slice(0, 1) });
      expect(again.cases.filter(({ status }) => status !== 'skipped')).toHaveLength(1);
    },
  );
});

describe('checks', () => {
  testWhere(
    driver.isolatesFilesystem,
    probe.reason ?? 'no sandbox',
    'run a tool of the repository, and tell a missing one from a clean one',
    async () => {
      const workspace = tree({
        'tsconfig.json':
          '{"compilerOptions":{"strict":true,"types":[],"ignoreDeprecations":"6.0"},"files":["a.ts"]}',
        'a.ts': "export const a: number = 'one';\n",
        'odd.ts': 'export const   odd=1\n',
      });
      const base = { cwd: '.', reason: '', needs: 'node' as const };
      const tsc: Check = {
        ...base,
        kind: 'typecheck',
        tool: 'tsc',
        argv: ['node', 'node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false'],
        format: 'tsc',
      };
      expect(await runCheck({ check: tsc, workspace, driver, dependencies })).toMatchObject({
        status: 'ran',
        problems: [{ file: 'a.ts', line: 1, rule: 'TS2322' }],
      });
      const prettier: Check = {
        ...base,
        kind: 'lint',
        tool: 'prettier',
        argv: ['node_modules/.bin/prettier', '--check'],
        files: ['odd.ts', 'gone.ts'],
        format: 'prettier',
      };
      expect(await runCheck({ check: prettier, workspace, driver, dependencies })).toMatchObject({
        status: 'ran',
        problems: [{ file: 'odd.ts', message: 'is not formatted by prettier' }],
      });
      const missing: Check = { ...tsc, tool: 'mypy', argv: ['mypy-is-not-here'], format: 'mypy' };
      expect(await runCheck({ check: missing, workspace, driver })).toEqual({
        status: 'not_run',
        reason: 'mypy is not installed',
      });
      expect(
        await runCheck({ check: { ...prettier, files: ['gone.ts'] }, workspace, driver }),
      ).toMatchObject({ status: 'not_run', reason: expect.stringContaining('touches no file') });
    },
  );
});
