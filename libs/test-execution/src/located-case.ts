import { lstatSync } from 'node:fs';
import { join, posix } from 'node:path';
import { findRepositoryFiles } from './detect/repository-files.js';
import { type TracePlace, framesIn, trimFailure } from './results/failure-text.js';
import { withoutEscapes } from './results/without-escapes.js';
import { type CaseStatus, type TestCase, type TestSuite } from './suite.js';

const MAX_NAME = 1_000;
/** Text before trimming; a test can print anything into its message. */
const MAX_RAW = 64_000;
/** Failures beyond this are listed without their place. */
const MAX_LOCATED = 1_000;

/** Turns what a framework reported into a case of the repository: relative paths, the place it failed at. */
export class CaseLocator {
  private located = 0;

  private constructor(
    private readonly suite: TestSuite,
    private readonly place: TracePlace,
  ) {}

  /** @param root the workspace as the tests see it */
  static async for(suite: TestSuite, workspace: string, root: string): Promise<CaseLocator> {
    const bySuffix =
      suite.framework === 'maven' || suite.framework === 'gradle'
        ? await sourcesBySuffix(workspace, suite.cwd)
        : undefined;
    return new CaseLocator(suite, {
      root,
      cwd: suite.cwd,
      innermostLast: ['pytest', 'unittest', 'tox', 'nox'].includes(suite.framework),
      isFile: (path) => {
        const stat = lstatSync(join(workspace, path), { throwIfNoEntry: false });
        return stat?.isFile() === true;
      },
      ...(bySuffix === undefined ? {} : { bySuffix }),
    });
  }

  locate(raw: TestCase): TestCase {
    const text = raw.message?.slice(0, MAX_RAW);
    let file = raw.file === undefined ? this.fileOfClass(raw.group) : this.relative(raw.file);
    const name = withoutEscapes(raw.name.slice(0, MAX_NAME));
    const test: TestCase = { name, status: raw.status };
    if (raw.durationMs !== undefined && raw.durationMs >= 0) test.durationMs = raw.durationMs;
    if (raw.group !== undefined) test.group = raw.group;
    if (text !== undefined) test.message = trimFailure(text, this.place.root);
    const failed = raw.status === 'failed' || raw.status === 'error';
    if (failed && text !== undefined && (this.located += 1) <= MAX_LOCATED) {
      const testFolder = file === undefined ? '.' : posix.dirname(file);
      const frames = framesIn(text, { ...this.place, testFolder });
      if (frames.length > 0) test.frames = frames;
      const own = frames.find((frame) => frame.file === file) ?? frames[0];
      file ??= own?.file;
      if (own !== undefined && own.file === file) test.line = own.line;
    }
    if (file !== undefined) test.file = withoutEscapes(file);
    return test;
  }

  private relative(file: string): string {
    const path = file.replace(/^file:\/\//, '');
    if (posix.isAbsolute(path)) return posix.relative(this.place.root, path);
    // Readers give paths of the repository, reporters paths of their folder.
    const below = posix.join(this.suite.cwd, path);
    return !this.place.isFile(below) && this.place.isFile(path) ? path : below;
  }

  private fileOfClass(group: string | undefined): string | undefined {
    if (group === undefined || this.place.bySuffix === undefined) return undefined;
    const path = group.replace(/\$.*$/, '').replaceAll('.', '/');
    return this.place.bySuffix(`${path}.java`) ?? this.place.bySuffix(`${path}.kt`);
  }
}

const SOURCE = /\.(java|kt|groovy|scala)$/;

async function sourcesBySuffix(
  workspace: string,
  cwd: string,
): Promise<(suffix: string) => string | undefined> {
  const prefix = cwd === '.' ? '' : `${cwd}/`;
  const files = await findRepositoryFiles(
    workspace,
    (name, path) => SOURCE.test(name) && path.startsWith(prefix),
    16,
  );
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = posix.basename(file);
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  return (suffix) =>
    byName
      .get(posix.basename(suffix))
      ?.find((file) => file === suffix || file.endsWith(`/${suffix}`));
}

const STATUSES: readonly CaseStatus[] = ['passed', 'failed', 'skipped', 'error'];

/** A case out of a record of the report file, which a test could have written too. */
export function caseOfRecord(record: Record<string, unknown>): TestCase {
  const { name, file, status, durationMs, message } = record;
  return {
    name: String(name ?? ''),
    status: STATUSES.find((one) => one === status) ?? 'error',
    ...(typeof file === 'string' ? { file } : {}),
    ...(typeof durationMs === 'number' ? { durationMs } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  };
}
