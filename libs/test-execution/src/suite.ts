import { type SandboxReport, type TestResult, type TestTotals } from '@hil/contracts';
import { type Frame } from './results/failure-text.js';
import {
  type OutputStream,
  type SandboxDriver,
  type SandboxLimits,
  type SandboxMount,
} from '@hil/sandbox';

/**
 * What can be run, by the name shown to people. `npm test` is any other test script, `tox` and `nox` what
 * their files call when it is neither pytest nor unittest, `command` a line of `.hil.yml`.
 */
export type TestFramework =
  | 'jest'
  | 'vitest'
  | 'mocha'
  | 'ava'
  | 'node:test'
  | 'npm test'
  | 'pytest'
  | 'unittest'
  | 'tox'
  | 'nox'
  | 'maven'
  | 'gradle'
  | 'dotnet'
  | 'go'
  | 'cargo'
  | 'command';

export type PackageInstaller =
  'npm' | 'pnpm' | 'yarn' | 'pip' | 'maven' | 'gradle' | 'nuget' | 'go' | 'cargo' | 'command';

/** How the dependencies of a suite are installed. */
export interface InstallPlan {
  manager: PackageInstaller;
  /** What will be done, as a person would type it. */
  summary: string;
  /** Folder the installation starts from, relative to the repository root ('.' = root). */
  root: string;
  /** Repository paths whose content decides what is installed. */
  inputs: string[];
  /** Version the repository wants of the manager itself (`packageManager` of package.json). */
  version?: string;
  /** Shell lines of `.hil.yml`, for the manager `command`. */
  commands?: string[];
}

/** One test suite found in a repository. Plain data: it survives JSON. */
export interface TestSuite {
  /** `framework@cwd`, unique in a repository. */
  id: string;
  framework: TestFramework;
  /** Posix path of the folder it runs in, relative to the repository root ('.' = root). */
  cwd: string;
  /** Why this was detected, e.g. `package.json: scripts.test runs jest`. */
  reason: string;
  /** What a person would type; reporters are added to it when it runs. */
  command: [string, ...string[]];
  /**
   * The repository's own script up to the framework's call, for Node frameworks, tox, nox and `.hil.yml`:
   * build steps stay, linters go. It is given to a shell inside the sandbox, as `npm test` does.
   */
  script?: string;
  /** Globs of JUnit XML files the command leaves, relative to `cwd` (`.hil.yml`). */
  junit?: string[];
  /** Null when there is nothing to install: then no network phase happens at all. */
  installPlan: InstallPlan | null;
  /** Set when it can't be run whatever the sandbox, e.g. the toolchain is missing. */
  notRun?: string;
}

export type SuiteStatus = 'passed' | 'failed' | 'not_run' | 'no_tests' | 'error';

export type CaseStatus = 'passed' | 'failed' | 'skipped' | 'error';

/** One test as the framework reported it. */
export interface TestCase {
  /** Full name with its groups, ` > ` between them. */
  name: string;
  /** Posix path relative to the repository root. */
  file?: string;
  status: CaseStatus;
  durationMs?: number;
  /** Failure message with a trimmed stack, or the reason of a skip. */
  message?: string;
  /** Where it failed in `file`. */
  line?: number;
  /** Frames of the stack in the repository's own files, innermost first. */
  frames?: Frame[];
  /** Class, package or binary the framework runs it in, where `file` does not say it. */
  group?: string;
}

export interface SuiteResult {
  status: SuiteStatus;
  framework: TestFramework;
  cwd: string;
  cases: TestCase[];
  totals: TestTotals;
  /** One sentence for a person. */
  message: string;
  durationMs: number;
  sandbox: SandboxReport;
  /** Where the results came from: our reporter, the framework's XML or output, or only its exit code. */
  source: ResultSourceKind;
  /** Line number and times it ran, by file; only when it was asked for and the framework left it. */
  coverage?: Record<string, [line: number, count: number][]>;
}

export type ResultSourceKind = 'reporter' | 'xml' | 'output' | 'exit_code' | 'none';

/** What an installation left for the test phase. */
export interface PreparedDependencies {
  status: 'ready' | 'nothing_to_install' | 'not_run' | 'failed';
  message: string;
  /** See `dependencyKey`; null when nothing is installed. */
  key: string | null;
  /** True when an earlier installation with the same key was used. */
  reused: boolean;
  readOnlyMounts: SandboxMount[];
  writableMounts: SandboxMount[];
  env: Record<string, string>;
  durationMs: number;
}

export interface PrepareDependenciesOptions {
  suite: TestSuite;
  /** Clean export of the tree under test; read and written by the installation. */
  workspace: string;
  driver: SandboxDriver;
  /** For drivers that run images. */
  image?: string;
  /** Names the commands for `driver.kill`, e.g. the id of the run. */
  id?: string;
  /** Host folder that keeps installations by key; default: a private folder of this process. */
  cacheDir?: string;
  /** Defaults to {@link INSTALL_LIMITS}. */
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
  onLog?: LogListener;
  /** As in {@link RunSuiteOptions}. */
  room?: () => Promise<void>;
}

export type LogListener = (line: string, stream: OutputStream) => void;

export interface RunSuiteOptions {
  suite: TestSuite;
  /** Clean export of the tree under test. */
  workspace: string;
  driver: SandboxDriver;
  /** For drivers that run images. */
  image?: string;
  /** Names the command for `driver.kill`, e.g. the id of the run. */
  id?: string;
  /** What `prepareDependencies` returned for the same workspace; absent = nothing was installed. */
  dependencies?: PreparedDependencies;
  phase: 'baseline' | 'after';
  /** Defaults to {@link TEST_LIMITS}. */
  limits?: Partial<SandboxLimits>;
  /** Test files to run before the others, where the framework's order can be set. */
  first?: readonly string[];
  /** Run these cases alone; see `canSelect`. */
  only?: readonly TestCase[];
  /** Measure coverage where the framework can do it without being installed for that. */
  coverage?: boolean;
  signal?: AbortSignal;
  /** Each case as it ends, then one closing result with `totals` and `sandbox`. */
  onResult?: (result: TestResult) => void;
  onLog?: LogListener;
  /** Waited for behind each piece of output; while it is pending, the tests that print are held back. */
  room?: () => Promise<void>;
}

/** Limits of a test run when the caller gives none (the defaults of SANDBOX_* and TEST_RUNNER_TIMEOUT). */
export const TEST_LIMITS: SandboxLimits = {
  timeoutMs: 300_000,
  memoryMb: 2048,
  cpus: 2,
  pids: 256,
  maxOutputBytes: 32 * 1024 * 1024,
};

/** Limits of an installation when the caller gives none. */
export const INSTALL_LIMITS: SandboxLimits = { ...TEST_LIMITS, timeoutMs: 600_000 };
