import { type TestTotals } from '@hil/contracts';
import { withoutEscapes } from './without-escapes.js';
import { type OutputReader, zero } from './output-reader.js';

const MODULE_TOTALS = /Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)(.*)$/;

/** Maven's own totals: the sum of the closing `Tests run:` line of each module. Cases come from its XML. */
export class MavenTotalsReader implements OutputReader {
  private readonly counted = zero();
  private seen = false;

  line(text: string): void {
    const match = MODULE_TOTALS.exec(withoutEscapes(text));
    // A line of a class ends with its time, or with its name; the closing one with neither.
    if (match === null || (match[5] ?? '').trim() !== '') return;
    this.seen = true;
    const [run = 0, failed = 0, errors = 0, skipped = 0] = match.slice(1, 5).map(Number);
    this.counted.failed += failed;
    this.counted.errors += errors;
    this.counted.skipped += skipped;
    this.counted.passed += run - failed - errors - skipped;
  }

  end(): void {}

  summary(): TestTotals | undefined {
    return this.seen ? this.counted : undefined;
  }

  recognised(): boolean {
    return this.seen;
  }
}
