import { type SandboxReport, type TestTotals } from '@hil/contracts';
import { discoverToolchains, type SandboxResult } from '@hil/sandbox';
import { lstat, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LineSplitter } from './line-splitter.js';
import { ReportFile } from './report-file.js';
import { REPORTERS, suiteCommand } from './suite-command.js';
import {
  type CaseStatus,
  type RunSuiteOptions,
  type SuiteResult,
  type SuiteStatus,
  type TestCase,
  TEST_LIMITS,
} from './suite.js';
import { count, TapReader } from './tap.js';

const NOTHING_RAN: SandboxReport = { driver: 'none', enforced: [], unenforced: [] };
const MAX_CASES = 100_000;
const TAIL_LINES = 30;

/**
 * Runs one suite without network and streams each case as it ends, then one closing result with the
 * totals. Never throws for anything the tests do; an abort ends as status `error`, the tree dead.
 */
export async function runSuite(options: RunSuiteOptions): Promise<SuiteResult> {
  const { suite, driver, workspace, dependencies } = options;
  const started = performance.now();
  const cases: TestCase[] = [];
  const totals: TestTotals = { passed: 0, failed: 0, skipped: 0, errors: 0 };
  const close = (status: SuiteStatus, message: string, sandbox: SandboxReport): SuiteResult => {
    options.onResult?.({
      kind: 'test',
      framework: suite.framework,
      phase: options.phase,
      status: status === 'no_tests' ? 'not_run' : status,
      message,
      duration_ms: Math.round(performance.now() - started),
      totals,
      sandbox,
    });
    const durationMs = Math.round(performance.now() - started);
    const { framework, cwd } = suite;
    return { status, framework, cwd, cases, totals, message, durationMs, sandbox };
  };
  if (suite.notRun !== undefined) return close('not_run', suite.notRun, NOTHING_RAN);
  if (dependencies?.status === 'not_run')
    return close('not_run', dependencies.message, NOTHING_RAN);
  if (dependencies?.status === 'failed') return close('error', dependencies.message, NOTHING_RAN);

  const root = driver.workspacePath(workspace);
  const emit = (test: TestCase) => {
    if (cases.length >= MAX_CASES) return;
    cases.push(test);
    count(totals, test);
    options.onResult?.({
      kind: 'test',
      framework: suite.framework,
      phase: options.phase,
      status: test.status,
      name: test.name,
      ...(test.file === undefined ? {} : { file: test.file }),
      ...(test.durationMs === undefined ? {} : { duration_ms: test.durationMs }),
      ...(test.message === undefined ? {} : { message: test.message }),
    });
  };
  let summary: TestTotals | undefined;
  const report = await ReportFile.open((record) => {
    if (record['type'] === 'end') summary = totalsFrom(record['totals']);
    else if (record['type'] === 'case') emit(caseFrom(record, root, suite.cwd));
  });
  const tail: string[] = [];
  const tap = suite.framework === 'npm test' ? new TapReader(emit) : null;
  const logOf = (stream: 'stdout' | 'stderr') =>
    new LineSplitter((line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      if (stream === 'stdout') tap?.line(line);
      options.onLog?.(line, stream);
    });
  const splitters = { stdout: logOf('stdout'), stderr: logOf('stderr') };

  const { path, found } = await discoverToolchains();
  const command = suiteCommand(suite, root, path.join(':'));
  const venv = dependencies?.env['VIRTUAL_ENV'];
  if (command.argv[0] === 'python3') {
    command.argv[0] = venv ? join(venv, 'bin/python3') : (found.python3 ?? 'python3');
  }
  if (venv) command.env['PATH'] = `${join(venv, 'bin')}:${path.join(':')}`;
  let result: SandboxResult;
  try {
    for (const { target } of dependencies?.readOnlyMounts ?? []) {
      if (target !== undefined) await clearMountPoint(workspace, posix.relative(root, target));
    }
    result = await driver.run(
      {
        ...TEST_LIMITS,
        ...options.limits,
        workspace,
        argv: command.argv,
        cwd: suite.cwd,
        env: { ...command.env, ...dependencies?.env, ...report.env },
        readOnlyMounts: [...(dependencies?.readOnlyMounts ?? []), { source: REPORTERS }],
        writableMounts: [...(dependencies?.writableMounts ?? []), { source: report.folder }],
        onOutput: (stream, chunk) => splitters[stream].write(chunk),
      },
      options.signal ? { signal: options.signal } : {},
    );
  } finally {
    await report.close();
  }
  splitters.stdout.end();
  splitters.stderr.end();

  const last = tail.join('\n').trim();
  if (result.reason !== 'exited') {
    const done = `${cases.length} tests had ended.`;
    return close('error', `${result.message ?? result.reason} ${done}`, result.sandbox);
  }
  const [status, message] = verdict({
    framework: suite.framework,
    exitCode: result.exitCode ?? -1,
    totals,
    summary,
    reports: command.reports,
    tap: tap?.complete() ?? false,
    last,
  });
  return close(status, message, result.sandbox);
}

interface Outcome {
  framework: string;
  exitCode: number;
  totals: TestTotals;
  /** What the framework itself counted. */
  summary: TestTotals | undefined;
  reports: boolean;
  tap: boolean;
  last: string;
}

/** Status and sentence of a suite that came to its end by itself. */
function verdict(outcome: Outcome): [SuiteStatus, string] {
  const { totals, summary, exitCode, last } = outcome;
  const all = totals.passed + totals.failed + totals.skipped + totals.errors;
  const counted = `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped, ${totals.errors} errors`;
  if (!outcome.reports && !outcome.tap) {
    const how = 'The test script has no output format we can read; this is its exit code';
    if (/no tests? (?:were )?found|^# tests 0$|0 tests\b/im.test(last) && all === 0) {
      return ['no_tests', 'No tests found.'];
    }
    const tail = exitCode === 0 ? '' : ` Last lines:\n${last}`;
    return [exitCode === 0 ? 'passed' : 'failed', `${how} (${exitCode}).${tail}`];
  }
  const unfinished = outcome.reports && summary === undefined;
  if (all === 0 && (exitCode === 0 || saysNoTests(outcome))) return ['no_tests', 'No tests found.'];
  if (all === 0)
    return ['error', `The tests did not start (exit code ${exitCode}). Last lines:\n${last}`];
  if (unfinished) return ['error', `The test run broke off after ${counted}. Last lines:\n${last}`];
  const differs =
    summary !== undefined &&
    (['passed', 'failed', 'skipped', 'errors'] as const).some(
      (key) => summary[key] !== totals[key],
    );
  const note = differs ? ` The framework itself counted ${JSON.stringify(summary)}.` : '';
  if (totals.failed > 0) return ['failed', `${counted}.${note}`];
  if (totals.errors > 0) return ['failed', `${counted}.${note}`];
  if (exitCode !== 0) {
    return ['failed', `${counted}, but the exit code is ${exitCode}.${note} Last lines:\n${last}`];
  }
  return ['passed', `${counted}.${note}`];
}

/** jest, mocha and vitest end with an error when nothing matches; pytest and unittest with 5. */
function saysNoTests(outcome: Outcome): boolean {
  if (outcome.framework === 'pytest' || outcome.framework === 'unittest')
    return outcome.exitCode === 5;
  return /no tests? (?:files? )?(?:were )?found|error: no test files/i.test(outcome.last);
}

function totalsFrom(value: unknown): TestTotals {
  const counts =
    typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
  const number = (key: string) => Number(counts.get(key) ?? 0);
  return {
    passed: number('passed'),
    failed: number('failed'),
    skipped: number('skipped'),
    errors: number('errors'),
  };
}

function caseFrom(record: Record<string, unknown>, root: string, cwd: string): TestCase {
  const { name, file, status, durationMs, message } = record;
  const known: CaseStatus[] = ['passed', 'failed', 'skipped'];
  return {
    name: String(name ?? '').slice(0, 1000),
    status: known.find((one) => one === status) ?? 'error',
    ...(typeof file === 'string' ? { file: relativeTo(root, cwd, file) } : {}),
    ...(typeof durationMs === 'number' && durationMs >= 0 ? { durationMs } : {}),
    ...(typeof message === 'string' ? { message: message.slice(0, 8000) } : {}),
  };
}

function relativeTo(root: string, cwd: string, file: string): string {
  const path = file.replace(/^file:\/\//, '');
  const absolute = posix.isAbsolute(path) ? path : posix.join(root, cwd, path);
  return posix.relative(root, absolute);
}

/** A link of the repository where a folder will be mounted could lead the mount elsewhere. */
async function clearMountPoint(workspace: string, relative: string): Promise<void> {
  const path = join(workspace, relative);
  const entry = await lstat(path).catch(() => null);
  if (entry !== null && !entry.isDirectory()) await rm(path);
}
