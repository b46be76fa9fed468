import { type TestTotals } from '@hil/contracts';
import { type TestCase } from './suite.js';

/**
 * Reads TAP (version 12 to 14) from the output of an unknown `npm test`: top-level test points only,
 * as a TAP harness counts. `null` from `finish` means that the output was not TAP.
 */
export class TapReader {
  private plan: number | undefined;
  private points = 0;
  private version = false;

  constructor(private readonly onCase: (test: TestCase) => void) {}

  line(text: string): void {
    if (/^TAP version \d+$/.test(text)) this.version = true;
    const plan = /^1\.\.(\d+)\b/.exec(text);
    if (plan) this.plan = Number(plan[1]);
    if (!this.version) return;
    const match = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*?)(?:\s+#\s*(skip|todo)\b\s*(.*))?$/i.exec(
      text,
    );
    if (!match) return;
    this.points += 1;
    const [, not, name = '', directive, reason] = match;
    const status = directive ? 'skipped' : not ? 'failed' : 'passed';
    this.onCase({
      name: name || `test ${this.points}`,
      status,
      ...(reason ? { message: reason } : {}),
    });
  }

  /** True when the output was TAP and complete. */
  complete(): boolean {
    return this.version && this.plan === this.points;
  }
}

/** Adds one case to the totals. */
export function count(totals: TestTotals, test: Pick<TestCase, 'status'>): void {
  totals[test.status === 'error' ? 'errors' : test.status] += 1;
}
