import type { ModelRole, TokenUsage } from '../client/model-client.port.js';

/** One call of a model, as it is kept. */
export interface ModelCallRecord {
  runId: string;
  userId: string;
  stage: string;
  role: ModelRole;
  /** `provider:model`. */
  model: string;
  usage: TokenUsage;
  /** US dollars; null when the price is not known. */
  costUsd: number | null;
  durationMs: number;
}

/** Sums over calls. Unknown prices count as 0. */
export interface UsageTotals {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  durationMs: number;
}

/** Keeps what every call took. Implemented by libs/persistence. */
export interface UsageLedger {
  record(call: ModelCallRecord): Promise<void>;
  ofRun(runId: string): Promise<UsageTotals>;
  /** Of all runs of a user since a moment. */
  ofUser(userId: string, since: Date): Promise<UsageTotals>;
}
