import { fitting } from './fitting.js';
import type { LogEntry } from './run-storage.port.js';
import type { Run } from './run.js';
import { summaryOf } from './summary.js';

/** The summary of an ended run as its log entry. */
export function summaryEntry(run: Run): LogEntry {
  return {
    update: { type: 'summary', data: fitting(summaryOf(run)) },
    stage: run.stage,
    attempt: run.attempt,
  };
}
