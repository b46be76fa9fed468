import { type SandboxReport, type TestTotals } from '@hil/contracts';
import { type SandboxResult } from '@hil/sandbox';
import { lstat, rm } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { readCoverage } from './line-coverage/read-coverage.js';
import { type LineCoverage } from './line-coverage/coverage.js';
import { REPORTERS } from './frameworks/reporters.js';
import { withOwnScratch } from './install/own-scratch.js';
import { CaseLocator, caseOfRecord } from './located-case.js';
import { prepareCall } from './prepare-call.js';
import { ReportFile } from './results/report-file.js';
import { XmlReports } from './results/xml-reports.js';
import {
  type ResultSourceKind,
  type RunSuiteOptions,
  type SuiteResult,
  type SuiteStatus,
  type TestCase,
  TEST_LIMITS,
} from './suite.js';
import { SuiteOutput } from './suite-output.js';
import { count, totalsFrom, verdict } from './verdict.js';

const NOTHING_RAN: SandboxReport = { driver: 'none', enforced: [], unenforced: [] };
const MAX_CASES = 100_000;

/**
 * Runs one suite without network and streams each case as it ends, then one closing result with the
 * totals. Never throws for anything the tests do; an abort ends as status `error`, the tree dead.
 */
export async function runSuite(options: RunSuiteOptions): Promise<SuiteResult> {
  const { suite, driver, workspace, dependencies } = options;
  const started = performance.now();
  const cases: TestCase[] = [];
  const totals: TestTotals = { passed: 0, failed: 0, skipped: 0, errors: 0 };
  const close = (
    status: SuiteStatus,
    message: string,
    sandbox: SandboxReport,
    source: ResultSourceKind = 'none',
  ): SuiteResult => {
    const durationMs = Math.round(performance.now() - started);
    options.onResult?.({
      kind: 'test',
      framework: suite.framework,
      phase: options.phase,
      status: status === 'no_tests' ? 'not_run' : status,
      message,
      duration_ms: durationMs,
      totals,
      sandbox,
    });
    const { framework, cwd } = suite;
    return {
      status,
      framework,
      cwd,
      cases,
      totals,
      message,
      durationMs,
      sandbox,
      source,
      ...(coverage === null ? {} : { coverage: Object.fromEntries(packed(coverage)) }),
    };
  };
  let coverage: LineCoverage | null = null;
  if (suite.notRun !== undefined) return close('not_run', suite.notRun, NOTHING_RAN);
  if (dependencies?.status === 'not_run')
    return close('not_run', dependencies.message, NOTHING_RAN);
  if (dependencies?.status === 'failed') return close('error', dependencies.message, NOTHING_RAN);

  const root = driver.workspacePath(workspace);
  const locator = await CaseLocator.for(suite, workspace, root);
  const emit = (raw: TestCase) => {
    if (cases.length >= MAX_CASES) return;
    const test = locator.locate(raw);
    cases.push(test);
    count(totals, test.status);
    options.onResult?.({
      kind: 'test',
      framework: suite.framework,
      phase: options.phase,
      status: test.status,
      name: test.name,
      ...(test.file === undefined ? {} : { file: test.file }),
      ...(test.line === undefined ? {} : { line: test.line }),
      ...(test.durationMs === undefined ? {} : { duration_ms: test.durationMs }),
      ...(test.message === undefined ? {} : { message: test.message }),
    });
  };
  let reported: TestTotals | undefined;
  const report = await ReportFile.open((record) => {
    if (record['type'] === 'end') reported = totalsFrom(record['totals']);
    else if (record['type'] === 'case') emit(caseOfRecord(record));
  });
  let result: SandboxResult;
  let output: SuiteOutput;
  try {
    const call = await prepareCall(options, root, report.folder);
    output = new SuiteOutput(call, emit, options.onLog);
    for (const { target } of dependencies?.readOnlyMounts ?? []) {
      if (target !== undefined) await clearMountPoint(workspace, posix.relative(root, target));
    }
    const left: TestCase[] = [];
    const xml = await XmlReports.of(call, workspace, report.folder, (test) =>
      call.results.from === 'xml' ? emit(test) : left.push(test),
    );
    try {
      result = await withOwnScratch(dependencies?.writableMounts, (scratch) =>
        driver.run(
          {
            ...TEST_LIMITS,
            ...options.limits,
            workspace,
            ...(options.id === undefined ? {} : { id: options.id }),
            ...(options.image === undefined ? {} : { image: options.image }),
            argv: call.argv,
            cwd: suite.cwd,
            env: { ...call.env, ...dependencies?.env, ...report.env },
            readOnlyMounts: [...(dependencies?.readOnlyMounts ?? []), { source: REPORTERS }],
            writableMounts: [...scratch, { source: report.folder }],
            onOutput: (stream, chunk) => {
              output.write(stream, chunk);
              return options.room?.();
            },
          },
          options.signal ? { signal: options.signal } : {},
        ),
      );
    } finally {
      await xml?.close();
    }
    output.end();
    if (!output.whole()) left.forEach(emit);
    if (options.coverage === true)
      coverage = await readCoverage(suite, report.folder, workspace, { root, cwd: suite.cwd });
  } finally {
    await report.close();
  }

  const source = output.source(cases.length > 0);
  if (result.reason !== 'exited') {
    const done = `${cases.length} tests had ended.`;
    return close('error', `${result.message ?? result.reason} ${done}`, result.sandbox, source);
  }
  const [status, message] = verdict({
    framework: suite.framework,
    exitCode: result.exitCode ?? -1,
    totals,
    summary: reported ?? output.summary(source),
    source,
    last: output.tail.join('\n').trim(),
  });
  return close(status, message, result.sandbox, source);
}

/** Plain data, so that a result survives JSON. */
function packed(coverage: LineCoverage): [string, [number, number][]][] {
  return [...coverage].map(([file, hits]) => [file, [...hits]]);
}

/** A link of the repository where a folder will be mounted could lead the mount elsewhere. */
async function clearMountPoint(workspace: string, relative: string): Promise<void> {
  const path = join(workspace, relative);
  const entry = await lstat(path).catch(() => null);
  if (entry !== null && !entry.isDirectory()) await rm(path);
}
