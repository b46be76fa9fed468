import { type TestTotals } from '@hil/contracts';
import { type OutputStream } from '@hil/sandbox';

/** Reads results from what a framework prints. */
export interface OutputReader {
  line(text: string, stream: OutputStream): void;
  /** After the last line. */
  end(): void;
  /** What the framework itself counted; undefined when it said nothing. */
  summary(): TestTotals | undefined;
  /** False when the output was not in this format at all. */
  recognised(): boolean;
}

export function zero(): TestTotals {
  return { passed: 0, failed: 0, skipped: 0, errors: 0 };
}
