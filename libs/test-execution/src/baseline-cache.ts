import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SuiteResult, type TestSuite } from './suite.js';

/** Results kept; a result of 10,000 tests is about 2 MB. */
const MAX_ENTRIES = 100;
const MAX_BYTES = 24 * 1024 * 1024;
/** Changes when the shape or meaning of a stored result changes. */
const FORMAT = 1;

/** What a result depends on. */
export interface BaselineKey {
  /** Object id of the git tree the suite ran on. */
  treeId: string;
  suite: TestSuite;
  /** Key of the installed dependencies, null when there were none. */
  dependencies: string | null;
  driver: string;
}

/**
 * Results of suites on base commits, one file each. A cache of this worker: losing it costs a run.
 * Only what the tests themselves said is kept, never a suite that could not run.
 */
export class BaselineCache {
  constructor(private readonly folder: string) {}

  async get(key: BaselineKey): Promise<SuiteResult | null> {
    const path = this.path(key);
    try {
      const result = JSON.parse(await readFile(path, 'utf8')) as SuiteResult;
      await utimes(path, new Date(), new Date());
      return result;
    } catch {
      return null;
    }
  }

  async put(key: BaselineKey, result: SuiteResult): Promise<void> {
    if (result.status === 'error' || result.status === 'not_run') return;
    const text = JSON.stringify(result);
    if (text.length > MAX_BYTES) return;
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = this.path(key);
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
    await this.prune();
  }

  private path(key: BaselineKey): string {
    const { treeId, suite, dependencies, driver } = key;
    const hash = createHash('sha256');
    hash.update(JSON.stringify([FORMAT, treeId, suite, dependencies, driver]));
    return join(this.folder, `${hash.digest('hex')}.json`);
  }

  private async prune(): Promise<void> {
    const names = await readdir(this.folder);
    if (names.length <= MAX_ENTRIES) return;
    const used = await Promise.all(
      names.map(async (name) => ({
        name,
        at: (await stat(join(this.folder, name)).catch(() => null))?.mtimeMs ?? 0,
      })),
    );
    const oldest = used.sort((a, b) => a.at - b.at).slice(0, names.length - MAX_ENTRIES);
    await Promise.all(oldest.map(({ name }) => rm(join(this.folder, name), { force: true })));
  }
}
