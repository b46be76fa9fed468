import type { Metrics } from '@hil/observability';
import { type Database, PostgresRunStorage } from '@hil/persistence';
import type { LogEntry } from '@hil/workflow';

/** Counts each run once, where it ends for good: at the summary, which only one process writes. */
export class CountingRunStorage extends PostgresRunStorage {
  constructor(
    database: Database,
    redact: (text: string) => string,
    private readonly metrics: Pick<Metrics, 'runEnded'>,
  ) {
    super(database, redact);
  }

  override async summarise(
    runId: string,
    entry: LogEntry,
    leaseEpoch: number | null,
  ): Promise<{ lastSeq: number } | null> {
    const summarised = await super.summarise(runId, entry, leaseEpoch);
    if (summarised !== null && entry.update.type === 'summary') {
      this.metrics.runEnded(entry.update.data.outcome);
    }
    return summarised;
  }
}
