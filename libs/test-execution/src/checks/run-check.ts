import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type SandboxReport } from '@hil/contracts';
import { type Check, type Problem } from './check.js';
import { RESOLVED_PLUGINS, mavenWithoutChecks } from './maven-linters.js';
import { inModules } from './module-files.js';
import { parseProblems } from './problem-formats.js';
import { type RunToolOptions, asArguments, lastLines, runTool } from './run-tool.js';

export interface RunCheckOptions extends RunToolOptions {
  check: Check;
}

export type CheckResult =
  | { status: 'ran'; problems: Problem[]; sandbox: SandboxReport; durationMs: number }
  | { status: 'not_run'; reason: string };

/** Runs one linter, type checker or compiler in the sandbox, without network. Never throws for what it does. */
export async function runCheck(options: RunCheckOptions): Promise<CheckResult> {
  const { check, workspace, driver, dependencies } = options;
  if (check.notRun !== undefined) return { status: 'not_run', reason: check.notRun };
  const files = check.files === undefined ? undefined : await present(workspace, check);
  if (files?.length === 0)
    return { status: 'not_run', reason: 'the change touches no file it looks at' };
  const unresolved =
    dependencies === undefined || dependencies.status === 'ready'
      ? unresolvedPlugin(check, dependencies?.env ?? {})
      : null;
  if (unresolved !== null) return { status: 'not_run', reason: unresolved };
  const argv = argvOf(check, dependencies?.env ?? {}, files ?? []);
  const run = await runTool({ ...check, argv }, options);
  if (run.status === 'not_run') return run;
  const root = driver.workspacePath(workspace);
  const problems = parseProblems(check.format, run, { root, cwd: check.cwd });
  if (problems === null)
    return {
      status: 'not_run',
      reason: `${check.tool} broke (exit code ${run.exitCode}): ${lastLines(run)}`,
    };
  const placed =
    check.needs === 'maven' ? await inModules(workspace, check.cwd, problems) : problems;
  return { status: 'ran', problems: placed, sandbox: run.sandbox, durationMs: run.durationMs };
}

/** A linter of a Maven build whose plugin the installation could not get. */
function unresolvedPlugin(
  { needs, kind, tool }: Check,
  installed: Readonly<Record<string, string>>,
): string | null {
  const resolved = installed[RESOLVED_PLUGINS]?.split(' ') ?? [];
  if (needs !== 'maven' || kind !== 'lint' || resolved.includes(tool)) return null;
  return `the plugin of ${tool} could not be resolved, or did not run, when the build was installed`;
}

function argvOf(
  { needs, tool, argv, files }: Check,
  installed: Readonly<Record<string, string>>,
  present: readonly string[],
): [string, ...string[]] {
  if (needs === 'maven') {
    const repository = installed['HIL_MAVEN_REPOSITORY'];
    const [command, ...goals] = argv;
    const offline = repository === undefined ? [] : [`-Dmaven.repo.local=${repository}`];
    return [command, '--batch-mode', '--offline', '-Dstyle.color=never', ...mavenWithoutChecks(tool), ...offline, ...goals]; // prettier-ignore
  }
  return files === undefined ? argv : [...argv, ...asArguments(present)];
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
