import type { ModelCallRecord, UsageLedger, UsageTotals } from '@hil/language-models';
import type { Database } from '../database/database.js';

const SUMS = `count(*)::int AS calls, coalesce(sum(input_tokens), 0)::float8 AS "inputTokens",
  coalesce(sum(output_tokens), 0)::float8 AS "outputTokens", coalesce(sum(cost_usd), 0)::float8 AS "costUsd",
  coalesce(sum(duration_ms), 0)::float8 AS "durationMs"`;

/** What model calls took, a row each; sums are made when asked for. */
export class PostgresUsageLedger implements UsageLedger {
  constructor(private readonly database: Database) {}

  async record(call: ModelCallRecord): Promise<void> {
    const { input, output, cacheRead, cacheWrite } = call.usage;
    await this.database.pool.query(
      `INSERT INTO model_call (run_id, user_id, stage, role, model, input_tokens, output_tokens, cache_read, cache_write, cost_usd, duration_ms)
       VALUES ($1::uuid, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        call.runId,
        call.userId,
        call.stage,
        call.role,
        call.model,
        input,
        output,
        cacheRead,
        cacheWrite,
        call.costUsd,
        call.durationMs,
      ],
    );
  }

  ofRun(runId: string): Promise<UsageTotals> {
    return this.sum(`SELECT ${SUMS} FROM model_call WHERE run_id = $1::uuid`, [runId]);
  }

  ofUser(userId: string, since: Date): Promise<UsageTotals> {
    return this.sum(`SELECT ${SUMS} FROM model_call WHERE user_id = $1 AND created_at >= $2`, [
      userId,
      since,
    ]);
  }

  private async sum(text: string, values: unknown[]): Promise<UsageTotals> {
    const { rows } = await this.database.pool.query<UsageTotals>(text, values);
    return rows[0] ?? { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, durationMs: 0 };
  }
}
