import { constants, type Dirent } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { type FrameworkCall } from '../frameworks/framework-call.js';
import { type TestCase } from '../suite.js';

const POLL_MS = 250;
/** A report beyond this is not read; Surefire writes one a class. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FOLDERS = 4_000;
const SKIPPED = new Set(['node_modules', '.git', 'src']);

export interface XmlReportsOptions {
  /** Host folder to look in; what is below was written by the tests, links are not followed. */
  folder: string;
  /** True for the path (relative to the folder) of a report. */
  isReport: (path: string) => boolean;
  parse: (text: string) => TestCase[] | null;
  onCases: (cases: TestCase[], path: string) => void;
}

/** Follows a folder in which a framework writes one XML file a class or project, each once. */
export class XmlReports {
  private readonly done = new Set<string>();
  private readonly sizes = new Map<string, string>();
  private readonly before = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();

  private constructor(private readonly options: XmlReportsOptions) {}

  /** Remembers what is there already: reports of the install phase or of the repository are no results. */
  static async watch(options: XmlReportsOptions): Promise<XmlReports> {
    const reports = new XmlReports(options);
    for (const [path, version] of await reports.find()) reports.before.set(path, version);
    reports.timer = setInterval(() => reports.tick(false), POLL_MS);
    return reports;
  }

  /** Follows where a call says its XML will be; null when it says nothing. */
  static async of(
    { results }: FrameworkCall,
    workspace: string,
    folder: string,
    emit: (test: TestCase) => void,
  ): Promise<XmlReports | null> {
    const other = results.from === 'output' ? results.otherwise : undefined;
    const place = results.from === 'xml' ? results.reports : other;
    if (place === undefined) return null;
    return XmlReports.watch({
      folder: place.in === 'workspace' ? workspace : folder,
      isReport: place.isReport,
      parse: place.parse,
      onCases: (cases) => cases.forEach(emit),
    });
  }

  private tick(last: boolean): void {
    this.working = this.working.then(() => this.round(last)).catch(() => {});
  }

  /** Reads what is left. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    this.tick(true);
    await this.working;
  }

  private async round(last: boolean): Promise<void> {
    for (const [path, version] of await this.find()) {
      if (this.done.has(path) || this.before.get(path) === version) continue;
      // Read when it no longer grows; a file cut off in the middle does not parse and is read again.
      const same = this.sizes.get(path) === version;
      this.sizes.set(path, version);
      if (!same && !last) continue;
      const cases = this.options.parse(await readPlainFile(join(this.options.folder, path)));
      if (cases === null) continue;
      this.done.add(path);
      this.options.onCases(cases, path);
    }
  }

  private async find(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    let folders = ['.'];
    let seen = 0;
    for (let depth = 0; depth < 9 && folders.length > 0; depth += 1) {
      const next: string[] = [];
      for (const folder of folders) {
        if ((seen += 1) > MAX_FOLDERS) return found;
        const here = join(this.options.folder, folder);
        const entries = await readdir(here, { withFileTypes: true }).catch((): Dirent[] => []);
        for (const entry of entries) {
          const path = posix.join(folder, entry.name);
          if (entry.isDirectory() && !SKIPPED.has(entry.name)) next.push(path);
          else if (entry.isFile() && this.options.isReport(path)) {
            const version = await versionOf(join(this.options.folder, path));
            if (version !== null) found.set(path, version);
          }
        }
      }
      folders = next;
    }
    return found;
  }
}

async function versionOf(path: string): Promise<string | null> {
  const stat = await lstat(path).catch(() => null);
  return stat === null || !stat.isFile() ? null : `${stat.size} ${stat.mtimeMs}`;
}

/** A file a test put there: never through a link, never a pipe that would hang us. */
async function readPlainFile(path: string): Promise<string> {
  const file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => null);
  if (file === null) return '';
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_BYTES) return '';
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
