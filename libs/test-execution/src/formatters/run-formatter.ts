import { posix } from 'node:path';
import { readArtifact } from '@hil/sandbox';
import { type RunToolOptions, asArguments, lastLines, runTool } from '../checks/run-tool.js';
import { type Formatter } from './formatter.js';

export type FormatResult =
  /** Bytes of each file as the formatter left it, by repository path. */
  { status: 'ran'; files: Map<string, Buffer> } | { status: 'not_run'; reason: string };

/** A file that became larger than this is not taken. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Runs a formatter of the repository on its files, in the sandbox and without network, and reads these files back
 * and no others: whatever else it wrote stays in the workspace, which is thrown away.
 */
export async function runFormatter(
  formatter: Formatter,
  options: RunToolOptions,
): Promise<FormatResult> {
  const { tool, cwd, files } = formatter;
  if (formatter.notRun !== undefined) return { status: 'not_run', reason: formatter.notRun };
  const run = await runTool(
    { ...formatter, argv: [...formatter.argv, ...asArguments(files)] },
    options,
  );
  if (run.status === 'not_run') return run;
  if (run.exitCode !== 0) {
    return {
      status: 'not_run',
      reason: `${tool} broke (exit code ${run.exitCode}): ${lastLines(run)}`,
    };
  }
  const formatted = new Map<string, Buffer>();
  for (const file of files) {
    const path = posix.join(cwd, file);
    const left = await readArtifact(options.workspace, path, MAX_BYTES);
    if (left === null || left.truncated)
      return { status: 'not_run', reason: `${tool} left no plain file at ${path}` };
    formatted.set(path, left.content);
  }
  return { status: 'ran', files: formatted };
}
