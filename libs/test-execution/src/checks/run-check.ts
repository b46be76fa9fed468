import { lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type SandboxReport } from '@hil/contracts';
import { type SandboxDriver, type SandboxLimits } from '@hil/sandbox';
import { MAVEN_WITHOUT_CHECKS } from '../frameworks/build-tools.js';
import { type LogListener, type PreparedDependencies, TEST_LIMITS } from '../suite.js';
import { type Check, type Problem } from './check.js';
import { parseProblems } from './problem-formats.js';

export interface RunCheckOptions {
  check: Check;
  workspace: string;
  driver: SandboxDriver;
  image?: string;
  id?: string;
  /** Of a suite in the same project; absent = nothing was installed. */
  dependencies?: PreparedDependencies;
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
  onLog?: LogListener;
}

export type CheckResult =
  | { status: 'ran'; problems: Problem[]; sandbox: SandboxReport; durationMs: number }
  | { status: 'not_run'; reason: string };

const MAX_OUTPUT = 16 * 1024 * 1024;

/** Runs one linter, type checker or compiler in the sandbox, without network. Never throws for what it does. */
export async function runCheck(options: RunCheckOptions): Promise<CheckResult> {
  const { check, workspace, driver, dependencies } = options;
  if (check.notRun !== undefined) return { status: 'not_run', reason: check.notRun };
  const files = check.files === undefined ? undefined : await present(workspace, check);
  if (files?.length === 0)
    return { status: 'not_run', reason: 'the change touches no file it looks at' };
  const root = driver.workspacePath(workspace);
  const { path, found } = await driver.toolchains(options.image);
  const installed = dependencies?.env ?? {};
  const venv = installed['VIRTUAL_ENV'];
  const searched = [
    posix.join(root, check.cwd, 'node_modules/.bin'),
    posix.join(root, 'node_modules/.bin'),
    ...(venv === undefined ? [] : [join(venv, 'bin')]),
    ...path,
  ];
  const missing = missingTool(check, found, dependencies);
  if (missing !== null) return { status: 'not_run', reason: missing };
  const output = { stdout: '', stderr: '' };
  const [command, ...args] = argvOf(check, installed, files ?? []);
  const result = await driver.run(
    {
      ...TEST_LIMITS,
      ...options.limits,
      workspace,
      ...(options.id === undefined ? {} : { id: options.id }),
      ...(options.image === undefined ? {} : { image: options.image }),
      // env answers 127 when there is no such program, and execs it otherwise.
      argv: ['/usr/bin/env', command, ...args],
      cwd: check.cwd,
      env: {
        ...installed,
        PATH: searched.join(':'),
        CI: 'true',
        NO_COLOR: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
      readOnlyMounts: dependencies?.readOnlyMounts ?? [],
      writableMounts: dependencies?.writableMounts ?? [],
      onOutput: (stream, chunk) => {
        if (output[stream].length < MAX_OUTPUT) output[stream] += chunk.toString('utf8');
      },
    },
    options.signal ? { signal: options.signal } : {},
  );
  const last = `${output.stdout}\n${output.stderr}`.trim().split('\n').slice(-3).join(' ');
  if (result.reason !== 'exited')
    return { status: 'not_run', reason: result.message ?? result.reason };
  const exitCode = result.exitCode ?? -1;
  if (exitCode === 127) return { status: 'not_run', reason: `${check.tool} is not installed` };
  const problems = parseProblems(check.format, { ...output, exitCode }, { root, cwd: check.cwd });
  if (problems === null)
    return {
      status: 'not_run',
      reason: `${check.tool} broke (exit code ${exitCode}): ${last.slice(0, 400)}`,
    };
  return { status: 'ran', problems, sandbox: result.sandbox, durationMs: result.durationMs };
}

function argvOf(
  { needs, argv, files }: Check,
  installed: Readonly<Record<string, string>>,
  present: readonly string[],
): [string, ...string[]] {
  if (needs === 'maven') {
    const repository = installed['HIL_MAVEN_REPOSITORY'];
    const [command, ...goals] = argv;
    const offline = repository === undefined ? [] : [`-Dmaven.repo.local=${repository}`];
    return [command, '--batch-mode', '--offline', '-Dstyle.color=never', ...MAVEN_WITHOUT_CHECKS, ...offline, ...goals]; // prettier-ignore
  }
  // A file called `-x` is a file.
  return files === undefined
    ? argv
    : [...argv, ...present.map((file) => (file.startsWith('-') ? `./${file}` : file))];
}

function missingTool(
  { needs, tool }: Check,
  found: Partial<Record<string, string>>,
  dependencies: PreparedDependencies | undefined,
): string | null {
  if (needs === 'dotnet' && found['dotnet'] === undefined) return 'dotnet SDK not found';
  if (needs === 'maven' && found['mvn'] === undefined) return 'Maven (mvn) not found';
  if (dependencies === undefined || needs === 'none') return null;
  if (dependencies.status === 'failed' || dependencies.status === 'not_run')
    return `${tool} needs the project's dependencies: ${dependencies.message}`;
  return null;
}

/** Of the files it should look at, those this tree has. */
async function present(workspace: string, { files = [], cwd }: Check): Promise<string[]> {
  const there: string[] = [];
  for (const file of files) {
    const stat = await lstat(join(workspace, cwd, file)).catch(() => null);
    if (stat?.isFile() === true) there.push(file);
  }
  return there;
}
