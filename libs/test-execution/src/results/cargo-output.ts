import { type TestTotals } from '@hil/contracts';
import { type CaseStatus, type TestCase } from '../suite.js';
import { type OutputReader, zero } from './output-reader.js';

const STATUS: Record<string, CaseStatus> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };
const MAX_BLOCK = 200;

/**
 * Reads the console output of `cargo test` (libtest's "pretty" format, the only stable one): passed and
 * ignored tests as they end, failed ones when their output follows in the `failures:` block.
 */
export class CargoTestReader implements OutputReader {
  private file: string | undefined;
  private readonly failed = new Map<string, string[]>();
  private block: string[] | undefined;
  private seen = false;
  private compileError: string[] = [];
  private readonly counted = zero();

  constructor(private readonly onCase: (test: TestCase) => void) {}

  line(text: string): void {
    const running = /^\s*Running (?:unittests )?(\S+\.rs) \(/.exec(text);
    const docs = /^\s*Doc-tests (\S+)/.exec(text);
    if (running !== null || docs !== null) {
      this.flush();
      this.file = running?.[1];
      return;
    }
    const error = /^error(\[E\d+\])?: /.exec(text);
    if (error !== null || this.compileError.length > 0) {
      if (this.compileError.length < MAX_BLOCK) this.compileError.push(text);
    }
    const ended = /^test (.+?) \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/.exec(text);
    if (ended !== null) {
      const [, name = '', word = '', reason] = ended;
      this.seen = true;
      const status = STATUS[word] ?? 'failed';
      // `test name - should panic ... ok` belongs to the test `name`.
      const plain = name.replace(/ - should panic$/, '');
      if (status === 'failed') this.failed.set(plain, []);
      else this.emit(plain, status, reason);
      return;
    }
    const output = /^---- (.+?) stdout ----$/.exec(text);
    if (output !== null) {
      this.block = this.failed.get(output[1] ?? '');
      return;
    }
    const result = /^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/.exec(text);
    if (result !== null) {
      this.seen = true;
      this.counted.passed += Number(result[1]);
      this.counted.failed += Number(result[2]);
      this.counted.skipped += Number(result[3]);
      this.flush();
      return;
    }
    if (text === 'failures:') this.block = undefined;
    else if (this.block !== undefined && this.block.length < MAX_BLOCK) this.block.push(text);
  }

  private flush(): void {
    for (const [name, lines] of this.failed) this.emit(name, 'failed', lines.join('\n').trim());
    this.failed.clear();
    this.block = undefined;
  }

  private emit(name: string, status: CaseStatus, message?: string): void {
    // Doc tests carry their place in their name: `src/lib.rs - add (line 3)`.
    const doc = /^(\S+\.rs) - .*\(line \d+\)/.exec(name);
    const file = doc?.[1] ?? this.file;
    this.onCase({
      name: doc === null ? name.replaceAll('::', ' > ') : name,
      status,
      ...(file === undefined ? {} : { file }),
      ...(message === undefined || message === '' ? {} : { message }),
    });
  }

  end(): void {
    this.flush();
    if (this.seen || this.compileError.length === 0) return;
    this.counted.errors += 1;
    this.onCase({ name: 'compilation', status: 'error', message: this.compileError.join('\n') });
    this.seen = true;
  }

  summary(): TestTotals | undefined {
    return this.seen ? this.counted : undefined;
  }

  recognised(): boolean {
    return this.seen;
  }
}
