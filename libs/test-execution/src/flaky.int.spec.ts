import { afterAll, describe, expect, it } from '@jest/globals';
import { BubblewrapDriver, ProcessDriver } from '@hil/sandbox';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareRuns } from './compare-runs.js';
import { detectTestSuites } from './detect/detect-test-suites.js';
import { describeFailures } from './failure-details.js';
import { lookAgain } from './flaky.js';
import { runSuite } from './run-suite.js';
import { type RunSuiteOptions } from './suite.js';

const bubblewrap = new BubblewrapDriver();
const { available } = await bubblewrap.probe();
const driver =
  available || process.env['HIL_REQUIRE_ALL'] === '1' ? bubblewrap : new ProcessDriver();
const workspace = mkdtempSync(join(tmpdir(), 'hil-flaky-'));

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

describe('failures looked at again', () => {
  it('are flaky when they pass alone, and stay failures with their place when they do not', async () => {
    writeFileSync(join(workspace, 'package.json'), '{"scripts":{"test":"node --test"}}');
    writeFileSync(
      join(workspace, 'a.test.js'),
      `const { test, describe, it } = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
test('passes', () => {});
test('needs (a) second try', () => {
  const first = !fs.existsSync('tried');
  fs.writeFileSync('tried', '');
  assert.ok(!first);
});
describe('group', () => {
  it('fails every time', () => {
    assert.strictEqual(1, 2, 'one is not two');
  });
});
`,
    );
    const [suite] = await detectTestSuites(workspace);
    if (!suite) throw new Error('no suite was detected');
    const options: RunSuiteOptions = { suite, workspace, driver, phase: 'after' };
    const result = await runSuite(options);
    expect(result.totals).toMatchObject({ passed: 1, failed: 2 });

    const { flaky, message } = await lookAgain(options, result);
    expect(message).toMatch(/2 failures run again alone: 1 passed/);
    const comparison = compareRuns({ cases: [] }, result, flaky);
    expect(comparison.flaky.map(({ name }) => name)).toEqual(['needs (a) second try']);
    expect(comparison.newFailures).toMatchObject([
      { name: 'group > fails every time', file: 'a.test.js', line: 12 },
    ]);

    const place = { workspace, framework: suite.framework, changedFiles: [] };
    const [failure] = await describeFailures(comparison.newFailures, place);
    expect(failure).toMatchObject({
      kind: 'test',
      framework: 'node:test',
      name: 'group > fails every time',
      file: 'a.test.js',
      line: 12,
      message: expect.stringContaining('one is not two'),
      excerpts: [{ file: 'a.test.js', start_line: 8 }],
    });
    expect(failure?.excerpts[0]?.text).toContain("assert.strictEqual(1, 2, 'one is not two');");
    expect(failure?.message).not.toContain('/workspace');
  });

  it('are left alone when there are none', async () => {
    const [suite] = await detectTestSuites(workspace);
    if (!suite) throw new Error('no suite was detected');
    const options: RunSuiteOptions = { suite, workspace, driver, phase: 'after' };
    const { flaky } = await lookAgain(options, { status: 'passed', cases: [] });
    expect(flaky.size).toBe(0);
  });
});
