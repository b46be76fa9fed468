import { join, posix } from 'node:path';
import { type SandboxReport } from '@hil/contracts';
import { type SandboxDriver, type SandboxLimits } from '@hil/sandbox';
import { withoutEscapes } from '../results/without-escapes.js';
import { type PreparedDependencies, TEST_LIMITS } from '../suite.js';
import { withOwnScratch } from '../install/own-scratch.js';
import { type Check } from './check.js';

/** One call of a tool of the repository. */
export interface ToolCall {
  tool: string;
  /** Posix path of the folder it runs in, relative to the workspace. */
  cwd: string;
  argv: [string, ...string[]];
  /** Which dependencies it needs. */
  needs: Check['needs'];
}

export interface RunToolOptions {
  workspace: string;
  driver: SandboxDriver;
  image?: string;
  /** Names the command for `driver.kill`, e.g. the id of the run. */
  id?: string;
  /** Of a suite in the same project; absent = nothing was installed. */
  dependencies?: PreparedDependencies;
  limits?: Partial<SandboxLimits>;
  signal?: AbortSignal;
}

export type ToolRun =
  | {
      status: 'ran';
      exitCode: number;
      stdout: string;
      stderr: string;
      sandbox: SandboxReport;
      durationMs: number;
    }
  | { status: 'not_run'; reason: string };

const MAX_OUTPUT = 16 * 1024 * 1024;

/**
 * Runs a tool that the repository brings, in the sandbox and without network: from its node_modules or its
 * virtual environment, else from the toolchains. Never throws for what the tool does.
 */
export async function runTool(call: ToolCall, options: RunToolOptions): Promise<ToolRun> {
  const { workspace, driver, dependencies } = options;
  const root = driver.workspacePath(workspace);
  const { path, found } = await driver.toolchains(options.image);
  const installed = dependencies?.env ?? {};
  const venv = installed['VIRTUAL_ENV'];
  const searched = [
    posix.join(root, call.cwd, 'node_modules/.bin'),
    posix.join(root, 'node_modules/.bin'),
    ...(venv === undefined ? [] : [join(venv, 'bin')]),
    ...path,
  ];
  const missing = missingTool(call, found, dependencies);
  if (missing !== null) return { status: 'not_run', reason: missing };
  const output = { stdout: '', stderr: '' };
  const result = await withOwnScratch(dependencies?.writableMounts, (scratch) =>
    driver.run(
      {
        ...TEST_LIMITS,
        ...options.limits,
        workspace,
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(options.image === undefined ? {} : { image: options.image }),
        // env answers 127 when there is no such program, and execs it otherwise.
        argv: ['/usr/bin/env', ...call.argv],
        cwd: call.cwd,
        env: {
          ...installed,
          PATH: searched.join(':'),
          CI: 'true',
          NO_COLOR: '1',
          PYTHONDONTWRITEBYTECODE: '1',
        },
        readOnlyMounts: dependencies?.readOnlyMounts ?? [],
        writableMounts: scratch,
        onOutput: (stream, chunk) => {
          if (output[stream].length < MAX_OUTPUT) output[stream] += chunk.toString('utf8');
        },
      },
      options.signal ? { signal: options.signal } : {},
    ),
  );
  if (result.reason !== 'exited')
    return { status: 'not_run', reason: result.message ?? result.reason };
  const exitCode = result.exitCode ?? -1;
  if (exitCode === 127) return { status: 'not_run', reason: `${call.tool} is not installed` };
  const { sandbox, durationMs } = result;
  return { status: 'ran', exitCode, ...output, sandbox, durationMs };
}

/** The end of what a tool printed, for people. */
export function lastLines({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return withoutEscapes(`${stdout}\n${stderr}`)
    .trim()
    .split('\n')
    .slice(-3)
    .join(' ')
    .slice(0, 400);
}

/** A file called `-x` is a file. */
export function asArguments(files: readonly string[]): string[] {
  return files.map((file) => (file.startsWith('-') ? `./${file}` : file));
}

function missingTool(
  { needs, tool }: ToolCall,
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
