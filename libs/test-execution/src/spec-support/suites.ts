import { type TestResult } from '@hil/contracts';
import { it } from '@jest/globals';
import { BubblewrapDriver, discoverToolchains, ProcessDriver } from '@hil/sandbox';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { detectTestSuites } from '../detect/detect-test-suites.js';
import { runSuite } from '../run-suite.js';
import { type PreparedDependencies, type RunSuiteOptions, type TestSuite } from '../suite.js';

/** What the suites of specs are made and run with: bubblewrap, or a plain process where there is none. */
const bubblewrap = new BubblewrapDriver();
export const probe = await bubblewrap.probe();
const required = process.env['HIL_REQUIRE_ALL'] === '1';
export const driver = probe.available || required ? bubblewrap : new ProcessDriver();
export const { found } = await discoverToolchains();
export const pytestThere =
  found.python3 !== undefined &&
  spawnSync(found.python3, ['-I', '-c', 'import pytest'], { cwd: '/' }).status === 0;
/** Installations need a network of their own. */
export const installs = driver.isolatesFilesystem && (probe.reason === undefined || required);

export async function firstSuite(workspace: string): Promise<TestSuite> {
  const [suite] = await detectTestSuites(workspace);
  if (!suite) throw new Error('no suite was detected');
  return suite;
}

/** Runs the first suite of a tree; with what it streamed and printed. */
export async function run(workspace: string, change: Partial<RunSuiteOptions> = {}) {
  const results: TestResult[] = [];
  const lines: string[] = [];
  const result = await runSuite({
    suite: await firstSuite(workspace),
    workspace,
    driver,
    phase: 'baseline',
    onResult: (one) => results.push(one),
    onLog: (line) => lines.push(line),
    ...change,
  });
  return { result, results, lines };
}

/** The cases that were streamed, as `status file name`. */
export function brief(results: TestResult[]): string[] {
  return results.slice(0, -1).map((one) => `${one.status} ${one.file ?? '-'} ${one.name ?? '-'}`);
}

/** This repository's own modules, as an installation would mount them. */
export const ownModules: PreparedDependencies = {
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

/** A test that runs where what it needs is there, and says what is missing elsewhere. */
export function testWhere(
  there: boolean,
  missing: string,
  name: string,
  body: () => Promise<void>,
) {
  if (there || required) it(name, body);
  else it.skip(`${name} (skipped: ${missing})`, body);
}
