import type { BudgetGrant } from '@hil/contracts';
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

/** What a person is asked to allow in addition: the same amounts again. */
export function grantOf(of: BudgetGrant['of'], limits: BudgetLimits): BudgetGrant {
  const { costUsd, tokens, calls, minutes } = limits;
  return {
    of,
    ...(costUsd === undefined ? {} : { cost_usd: costUsd }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(calls === undefined ? {} : { calls }),
    ...(minutes === undefined ? {} : { minutes }),
  };
}

/** The limits with what a person allowed on top of them; what has no limit needs none. */
export function raisedBy(limits: BudgetLimits, grants: readonly BudgetGrant[]): BudgetLimits {
  const more = (limit: number | undefined, amount: (grant: BudgetGrant) => number | undefined) =>
    limit === undefined
      ? undefined
      : grants.reduce((sum, grant) => sum + (amount(grant) ?? 0), limit);
  return {
    costUsd: more(limits.costUsd, ({ cost_usd }) => cost_usd),
    tokens: more(limits.tokens, ({ tokens }) => tokens),
    calls: more(limits.calls, ({ calls }) => calls),
    minutes: more(limits.minutes, ({ minutes }) => minutes),
  };
}

/** The fullest of the limits. */
export function budgetState(limits: BudgetLimits, spent: UsageTotals): BudgetState {
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
    const share = limit === 0 ? Infinity : used / limit;
    if (share >= fullest.share) fullest = { share, message: `${words(used)} of ${words(limit)}` };
  }
  return fullest;
}
