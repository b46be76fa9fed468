import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type SourceExcerpt, type TestFailure } from '@hil/contracts';
import { type TestCase, type TestFramework } from './suite.js';

/** Failures handed over; a person and a model both start with the first. */
const MAX_FAILURES = 10;
const MAX_MESSAGE = 2_000;
const MAX_FILE_BYTES = 512 * 1024;
const AROUND = 4;

export interface FailurePlace {
  /** Host folder of the tree that was tested. */
  workspace: string;
  framework: TestFramework;
  /** Paths the change touched: where the stack leads through them is shown too. */
  changedFiles: readonly string[];
}

/** What whoever repairs a failure needs: the assertion, the stack in own files, the lines. */
export async function describeFailures(
  cases: readonly TestCase[],
  place: FailurePlace,
): Promise<TestFailure[]> {
  const failures: TestFailure[] = [];
  for (const test of cases.slice(0, MAX_FAILURES)) {
    failures.push({
      kind: 'test',
      framework: place.framework,
      name: test.name,
      ...(test.file === undefined ? {} : { file: test.file }),
      ...(test.line === undefined ? {} : { line: test.line }),
      message: shortened(test.message ?? 'The framework gave no message.'),
      frames: (test.frames ?? []).map(
        ({ file, line, name }) => `${file}:${line}${name === undefined ? '' : ` ${name}`}`,
      ),
      excerpts: await excerptsOf(test, place),
    });
  }
  return failures;
}

async function excerptsOf(test: TestCase, place: FailurePlace): Promise<SourceExcerpt[]> {
  const changed = new Set(place.changedFiles);
  const places = [
    ...(test.file === undefined || test.line === undefined
      ? []
      : [{ file: test.file, line: test.line }]),
    ...(test.frames ?? []).filter(({ file }) => changed.has(file)).slice(0, 2),
  ];
  const excerpts: SourceExcerpt[] = [];
  for (const { file, line } of places) {
    const seen = excerpts.some(
      (one) => one.file === file && line >= one.start_line && line < one.start_line + 2 * AROUND,
    );
    const excerpt = seen ? null : await excerptAt(place.workspace, file, line);
    if (excerpt !== null) excerpts.push(excerpt);
  }
  return excerpts;
}

/** Lines around a place; null when it is no plain file of the tree any more. */
export async function excerptAt(
  workspace: string,
  file: string,
  line: number,
): Promise<SourceExcerpt | null> {
  const path = join(workspace, file);
  if (!path.startsWith(`${workspace}/`)) return null;
  // Tests ran here: what they left must not lead us out of the tree or hang us.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => null);
  if (handle === null) return null;
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) return null;
    const lines = (await handle.readFile('utf8')).split('\n');
    if (line > lines.length) return null;
    const start = Math.max(1, line - AROUND);
    const text = lines.slice(start - 1, line + AROUND).map((one) => one.slice(0, 300));
    return { file, start_line: start, text: text.join('\n') };
  } finally {
    await handle.close();
  }
}

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE) return message;
  return `${message.slice(0, MAX_MESSAGE - 320)}\n...\n${message.slice(-300)}`;
}
