import { type BudgetGrant, HilError } from '@hil/contracts';
import {
  type BudgetLimits,
  type ModelClient,
  type ModelReply,
  type ModelRequest,
  type ModelRole,
  type Models,
  WARN_SHARE,
  budgetState,
  costOf,
  grantOf,
  raisedBy,
} from '@hil/language-models';
import type { RunUsage, StageContext, StageResult } from '@hil/workflow';
import type { StageServices } from './stage-services.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const NONE: RunUsage = {
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  models: [],
  byStage: {},
};

/** Thrown before a call that the budget does not allow any more; nothing was asked. */
class BudgetReached extends Error {
  constructor(
    message: string,
    /** What a yes allows in addition. */
    readonly budget: BudgetGrant,
  ) {
    super(message);
    this.name = 'BudgetReached';
  }
}

/** True when the run is a model's and not the recipes'. */
export function isModelRun(services: StageServices, context: StageContext): boolean {
  return services.models !== null && context.run.context.planner === 'model';
}

/** Does a stage's work with models; when the budget ends, the run waits for a person instead. */
export async function withinBudget(work: () => Promise<StageResult>): Promise<StageResult> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BudgetReached)) throw error;
    return { event: { type: 'budget_reached', message: error.message, budget: error.budget } };
  }
}

/** The models of one stage of a run: every call is weighed against the budget, logged, counted and kept. */
export class RunModels {
  private usage: RunUsage;
  private warned: boolean;
  private readonly models: Models;

  constructor(
    private readonly services: StageServices,
    private readonly context: StageContext,
  ) {
    const { models } = services;
    if (models === null)
      throw new HilError('model_unavailable', 'no model is configured; set LLM_MODEL');
    this.models = models;
    this.usage = context.run.context.usage ?? NONE;
    this.warned = context.run.context.budgetWarned ?? false;
  }

  client(role: ModelRole): ModelClient {
    const inner = this.models.client(role, (notice) => this.context.log(notice, 'warning', role));
    return { name: inner.name, call: (request) => this.call(inner, role, request) };
  }

  private async call(
    inner: ModelClient,
    role: ModelRole,
    request: ModelRequest,
  ): Promise<ModelReply> {
    await this.requireBudget();
    const started = performance.now();
    const reply = await inner.call(request);
    const durationMs = Math.round(performance.now() - started);
    await this.count(role, reply, durationMs);
    return reply;
  }

  private async requireBudget(): Promise<void> {
    const { run } = this.context;
    const { budget } = this.services.config;
    const grants = run.context.budgetGrants ?? [];
    const allowed = (of: BudgetGrant['of'], limits: BudgetLimits): BudgetLimits =>
      raisedBy(
        limits,
        grants.filter((grant) => grant.of === of),
      );
    const ofRun = budgetState(allowed('run', budget.run), await this.services.usage.ofRun(run.id));
    const since = new Date(Date.now() - DAY_MS);
    const ofUser = budgetState(
      allowed('user_day', budget.userDay),
      await this.services.usage.ofUser(run.userId, since),
    );
    const [fullest, whose, again] =
      ofUser.share > ofRun.share
        ? [ofUser, 'all runs of this person in 24 hours', grantOf('user_day', budget.userDay)]
        : [ofRun, 'this run', grantOf('run', budget.run)];
    if (fullest.share >= 1) {
      throw new BudgetReached(
        `The budget of ${whose} is used up: ${fullest.message}. Approve to allow the same again, or reject to end the run.`,
        again,
      );
    }
    if (fullest.share < WARN_SHARE || this.warned) return;
    this.warned = true;
    const message = `${Math.floor(fullest.share * 100)}% of the budget of ${whose} is used: ${fullest.message}.`;
    await this.context.checkpoint({
      context: { budgetWarned: true },
      updates: [{ type: 'status', data: { state: run.state, message } }],
    });
  }

  private async count(role: ModelRole, reply: ModelReply, durationMs: number): Promise<void> {
    const { run } = this.context;
    const { input, output } = reply.usage;
    const costUsd = await costOf(reply.model, reply.usage);
    await this.services.usage.record({
      runId: run.id,
      userId: run.userId,
      stage: run.stage,
      role,
      model: reply.model,
      usage: reply.usage,
      costUsd,
      durationMs,
    });
    const spent = this.usage.byStage[run.stage];
    this.usage = {
      calls: this.usage.calls + 1,
      inputTokens: this.usage.inputTokens + input,
      outputTokens: this.usage.outputTokens + output,
      costUsd: this.usage.costUsd + (costUsd ?? 0),
      models: [...new Set([...this.usage.models, reply.model])],
      byStage: {
        ...this.usage.byStage,
        [run.stage]: {
          calls: (spent?.calls ?? 0) + 1,
          inputTokens: (spent?.inputTokens ?? 0) + input,
          outputTokens: (spent?.outputTokens ?? 0) + output,
          costUsd: (spent?.costUsd ?? 0) + (costUsd ?? 0),
        },
      },
    };
    const tools = reply.calls.map(({ name }) => name).join(', ') || 'no tool';
    const cost = costUsd === null ? 'price not known' : `$${costUsd.toFixed(4)}`;
    this.context.log(
      `${reply.model}: ${tools} (${input} tokens in, ${output} out, ${cost}, ${(durationMs / 1_000).toFixed(1)} s)`,
      'info',
      role,
    );
    await this.context.checkpoint({ context: { usage: this.usage } });
  }
}
