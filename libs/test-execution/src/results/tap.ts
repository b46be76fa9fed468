import { type TestTotals } from '@hil/contracts';
import { type OutputStream } from '@hil/sandbox';
import { type TestCase } from '../suite.js';
import { type OutputReader, zero } from './output-reader.js';

/** Lines of a diagnostic block that are kept for a failed point. */
const MAX_DIAGNOSTIC = 80;

/**
 * Reads TAP (version 12 to 14) from the output of an unknown `npm test`: top-level test points only,
 * as a TAP harness counts, with the YAML block that follows a failed one as its message.
 */
export class TapReader implements OutputReader {
  private plan: number | undefined;
  private points = 0;
  private version = false;
  private open: TestCase | undefined;
  private block: string[] | undefined;
  private readonly counted = zero();

  constructor(private readonly onCase: (test: TestCase) => void) {}

  line(text: string, stream: OutputStream = 'stdout'): void {
    if (stream !== 'stdout') return;
    if (/^TAP version \d+$/.test(text)) this.version = true;
    if (!this.version) return;
    if (this.block !== undefined) {
      if (/^\s*\.\.\.\s*$/.test(text)) this.close();
      else if (this.block.length < MAX_DIAGNOSTIC) this.block.push(text.replace(/^ {2,4}/, ''));
      return;
    }
    if (this.open !== undefined && /^\s+---\s*$/.test(text)) {
      this.block = [];
      return;
    }
    const plan = /^1\.\.(\d+)\b/.exec(text);
    if (plan) this.plan = Number(plan[1]);
    const match = /^(not )?ok\b(?:\s+\d+)?(?:\s+-)?\s*(.*?)(?:\s+#\s*(skip|todo)\b\s*(.*))?$/i.exec(
      text,
    );
    if (!match) return;
    this.close();
    this.points += 1;
    const [, not, name = '', directive, reason] = match;
    const status = directive ? 'skipped' : not ? 'failed' : 'passed';
    this.counted[status] += 1;
    this.open = {
      name: name || `test ${this.points}`,
      status,
      ...(reason ? { message: reason } : {}),
    };
    if (status !== 'failed') this.close();
  }

  private close(): void {
    const { open, block } = this;
    this.open = undefined;
    this.block = undefined;
    if (open === undefined) return;
    this.onCase(block === undefined ? open : { ...open, message: block.join('\n') });
  }

  end(): void {
    this.close();
  }

  summary(): TestTotals | undefined {
    return this.plan === this.points ? this.counted : undefined;
  }

  recognised(): boolean {
    return this.version;
  }
}
