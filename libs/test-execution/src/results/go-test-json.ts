import { type TestTotals } from '@hil/contracts';
import { type CaseStatus, type TestCase } from '../suite.js';
import { type OutputReader, zero } from './output-reader.js';

interface GoEvent {
  Action?: string;
  Package?: string;
  ImportPath?: string;
  Test?: string;
  Output?: string;
  Elapsed?: number;
}

const STATUS: Record<string, CaseStatus> = { pass: 'passed', fail: 'failed', skip: 'skipped' };
const MAX_OUTPUT = 16_000;

/**
 * Reads `go test -json` (cmd/test2json): each test and subtest as it ends. A package that does not
 * build or breaks outside a test is one error. `packageFolder` tells where a package's files lie.
 */
export class GoTestReader implements OutputReader {
  private readonly output = new Map<string, string>();
  private readonly failedIn = new Set<string>();
  private readonly ran = new Set<string>();
  private seen = false;
  private readonly counted = zero();

  constructor(
    private readonly onCase: (test: TestCase) => void,
    private readonly packageFolder: (name: string) => string,
  ) {}

  line(text: string): void {
    if (!text.startsWith('{')) return;
    let event: GoEvent;
    try {
      event = JSON.parse(text) as GoEvent;
    } catch {
      return;
    }
    if (typeof event.Action !== 'string') return;
    this.seen = true;
    const package_ = event.Package ?? event.ImportPath ?? '';
    const key = JSON.stringify([package_, event.Test ?? null]);
    if (event.Action === 'output' || event.Action === 'build-output') {
      const before = this.output.get(key) ?? '';
      const plain = /^\s*(=== |--- (?:PASS|SKIP|FAIL))/.test(event.Output ?? '');
      if (!plain && before.length < MAX_OUTPUT)
        this.output.set(key, before + (event.Output ?? '').slice(0, MAX_OUTPUT));
      return;
    }
    const status = STATUS[event.Action];
    if (status === undefined) return;
    if (event.Test === undefined) {
      if (status === 'failed' && !this.failedIn.has(package_))
        this.emit({
          name: `package ${package_}`,
          status: 'error',
          message: this.output.get(key) ?? 'The package could not be built or its tests broke off.',
        });
      return;
    }
    this.ran.add(package_);
    if (status === 'failed') this.failedIn.add(package_);
    const message = status === 'passed' ? undefined : this.output.get(key)?.trim();
    this.output.delete(key);
    this.emit({
      name: event.Test.replaceAll('/', ' > '),
      file: fileIn(message, this.packageFolder(package_)),
      status,
      ...(event.Elapsed === undefined ? {} : { durationMs: Math.round(event.Elapsed * 1000) }),
      ...(message === undefined || message === '' ? {} : { message }),
      group: package_,
    });
  }

  private emit(test: TestCase): void {
    this.counted[test.status === 'error' ? 'errors' : test.status] += 1;
    this.onCase(test);
  }

  end(): void {}

  /** Go prints no totals; an event per test is its own count. */
  summary(): TestTotals | undefined {
    return this.seen ? this.counted : undefined;
  }

  recognised(): boolean {
    return this.seen;
  }
}

/** Go names no file for a test that passed; then it is the package's folder. */
function fileIn(message: string | undefined, folder: string): string {
  const name = /(?:^|\s)([\w.-]+_test\.go):\d+/.exec(message ?? '')?.[1];
  return name === undefined ? folder : folder === '.' ? name : `${folder}/${name}`;
}
