import { type TestTotals } from '@hil/contracts';
import { type CaseStatus, type TestCase } from '../suite.js';
import { type OutputReader, zero } from './output-reader.js';

const STATUS: Record<string, CaseStatus> = {
  Passed: 'passed',
  Failed: 'failed',
  Skipped: 'skipped',
};
const ENDED = /^ {2}(Passed|Failed|Skipped) (.+?)(?: \[([^\]]+)\])?$/;
/** `Failed!  - Failed: 1, Passed: 2, Skipped: 0, Total: 3, Duration: 12 ms - A.dll (net8.0)` */
const ONE_LINE = /^\w+!\s+- Failed:\s+(\d+), Passed:\s+(\d+), Skipped:\s+(\d+), Total:/;
/** `     Passed: 2`, below `Total tests: 3` of the console logger. */
const PART = /^\s+(Passed|Failed|Skipped)\s?: (\d+)\s*$/;

/**
 * Reads the console logger of `dotnet test` (verbosity normal): each test as it ends; the lines after a
 * failed one, up to the next test, are its message. Message and file in full are in the TRX.
 */
export class DotnetConsoleReader implements OutputReader {
  private open: TestCase | undefined;
  private message: string[] = [];
  private readonly counted = zero();
  private seen = false;

  constructor(private readonly onCase: (test: TestCase) => void) {}

  line(text: string): void {
    const ended = ENDED.exec(text);
    if (ended !== null) {
      this.close();
      const [, word = '', name = '', duration = ''] = ended;
      this.open = {
        name,
        status: STATUS[word] ?? 'error',
        ...durationOf(duration),
      };
      if (this.open.status === 'passed') this.close();
      return;
    }
    const oneLine = ONE_LINE.exec(text);
    if (oneLine !== null) {
      this.close();
      this.seen = true;
      this.counted.failed += Number(oneLine[1]);
      this.counted.passed += Number(oneLine[2]);
      this.counted.skipped += Number(oneLine[3]);
      return;
    }
    const part = PART.exec(text);
    if (part !== null) {
      this.close();
      this.seen = true;
      this.counted[
        STATUS[part[1] ?? ''] === 'passed' ? 'passed' : part[1] === 'Failed' ? 'failed' : 'skipped'
      ] += Number(part[2]);
      return;
    }
    if (/^(Total tests:|Test Run |Results File:)/.test(text)) this.close();
    else if (this.open !== undefined && this.message.length < 100) this.message.push(text);
  }

  private close(): void {
    if (this.open === undefined) return;
    const message = this.message.join('\n').trim();
    this.onCase({ ...this.open, ...(message === '' ? {} : { message }) });
    this.open = undefined;
    this.message = [];
  }

  end(): void {
    this.close();
  }

  summary(): TestTotals | undefined {
    return this.seen ? this.counted : undefined;
  }

  recognised(): boolean {
    return this.seen;
  }
}

/** `< 1 ms`, `12 ms`, `1 s`, `1 m 2 s`. */
function durationOf(text: string): { durationMs?: number } {
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?) ?(ms|s|m|h)\b/g)];
  if (parts.length === 0) return {};
  return {
    durationMs: parts.reduce(
      (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
      0,
    ),
  };
}
