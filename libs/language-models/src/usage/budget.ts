import type { UsageTotals } from './usage-ledger.port.js';

/** What may be spent; absent: no limit. */
export interface BudgetLimits {
  costUsd?: number | undefined;
  tokens?: number | undefined;
  calls?: number | undefined;
  minutes?: number | undefined;
}

/** How much of the fullest limit is used. */
export interface BudgetState {
  /** 0 to 1, and above when it was exceeded. */
  share: number;
  /** Which limit that is, in words; empty without limits. */
  message: string;
}

/** From this share on the person is told. */
export const WARN_SHARE = 0.8;

/** The fullest of the limits. @param raises how often a person allowed the same amount again */
export function budgetState(limits: BudgetLimits, spent: UsageTotals, raises = 0): BudgetState {
  const tokens = spent.inputTokens + spent.outputTokens;
  const minutes = spent.durationMs / 60_000;
  const rows: [number | undefined, number, (value: number) => string][] = [
    [limits.costUsd, spent.costUsd, (value) => `$${value.toFixed(2)}`],
    [limits.tokens, tokens, (value) => `${value} tokens`],
    [limits.calls, spent.calls, (value) => `${value} model calls`],
    [limits.minutes, minutes, (value) => `${value.toFixed(1)} minutes of model time`],
  ];
  let fullest: BudgetState = { share: 0, message: '' };
  for (const [limit, used, words] of rows) {
    if (limit === undefined) continue;
    const allowed = limit * (1 + raises);
    const share = allowed === 0 ? Infinity : used / allowed;
    if (share >= fullest.share) fullest = { share, message: `${words(used)} of ${words(allowed)}` };
  }
  return fullest;
}
