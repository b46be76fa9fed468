import { z } from 'zod';
import { ERROR_CODE_LIST } from './error-codes.js';
import { impactSchema, intentSchema, planSchema } from './plan.js';
import { sandboxReportSchema, testSummarySchema, testTotalsSchema } from './test-summary.js';
import { outcomeSchema, runStateSchema, stageSchema } from './run-state.js';

export const logLevelSchema = z.enum(['debug', 'info', 'warning', 'error']);
export type LogLevel = z.infer<typeof logLevelSchema>;

export const testResultSchema = z.object({
  kind: z.enum(['test', 'lint', 'typecheck', 'build', 'scan']),
  framework: z.string(),
  phase: z.enum(['baseline', 'after']),
  status: z.enum(['running', 'passed', 'failed', 'error', 'skipped', 'not_run']),
  name: z.string().optional(),
  file: z.string().optional(),
  /** Where in `file` it failed. */
  line: z.int().positive().optional(),
  duration_ms: z.number().nonnegative().optional(),
  message: z.string().optional(),
  /** Only on the closing result of a kind and phase. */
  totals: testTotalsSchema.optional(),
  sandbox: sandboxReportSchema.optional(),
  /** After the change, against the baseline. */
  change: z.enum(['new', 'fixed', 'known', 'flaky']).optional(),
});
export type TestResult = z.infer<typeof testResultSchema>;

export const codeChangeSchema = z.object({
  task_id: z.string(),
  file: z.string(),
  status: z.enum(['added', 'modified', 'deleted', 'renamed']),
  /** Unified diff. */
  diff: z.string(),
  commit: z.string().optional(),
  truncated: z.boolean().optional(),
  /** Of a truncated diff: where the whole patch of the run is. */
  patch_url: z.string().optional(),
  old_file: z.string().optional(),
});
export type CodeChange = z.infer<typeof codeChangeSchema>;

export const approvalKindSchema = z.enum(['plan', 'diff', 'scope', 'unsandboxed', 'budget']);
export type ApprovalKind = z.infer<typeof approvalKindSchema>;

/** What models used up, and what a yes allows in addition: exactly these amounts. */
export const budgetGrantSchema = z.object({
  /** The run alone, or all runs of the person in 24 hours. */
  of: z.enum(['run', 'user_day']),
  cost_usd: z.number().nonnegative().optional(),
  tokens: z.number().nonnegative().optional(),
  calls: z.number().nonnegative().optional(),
  /** Of model time. */
  minutes: z.number().nonnegative().optional(),
});
export type BudgetGrant = z.infer<typeof budgetGrantSchema>;

/**
 * The card of an approval. Plan, intent and impact, with what belongs to them, are on every card but that
 * of a budget which was used up before they were known.
 */
export const approvalRequestSchema = z.object({
  approval_id: z.uuid(),
  kind: approvalKindSchema,
  /** What a yes is bound to: the plan hash, or the SHA-256 of {kind, plan hash, head, subject}. */
  subject_hash: z.string(),
  plan_id: z.uuid().optional(),
  plan_hash: z.string().optional(),
  revision: z.int().positive().optional(),
  base_sha: z.string().optional(),
  head_sha: z.string().optional(),
  hunks: z
    .array(z.object({ id: z.string(), file: z.string(), header: z.string(), diff: z.string() }))
    .optional(),
  /** For kind scope: the files outside the plan that the edit wants to touch. */
  files: z.array(z.string()).optional(),
  /** For kind budget. */
  budget: budgetGrantSchema.optional(),
  plan: planSchema.optional(),
  intent: intentSchema.optional(),
  impact: impactSchema.optional(),
  estimate: z.object({ cost_usd: z.number(), minutes: z.number() }).optional(),
  message: z.string(),
  expires_at: z.iso.datetime(),
  /** Lists were cut, as the whole is longer than an event; `/api/approvals/:id` has it. */
  truncated: z.literal(true).optional(),
});
export type ApprovalRequest = z.infer<typeof approvalRequestSchema>;

type OfPlan = 'plan_id' | 'plan_hash' | 'revision' | 'base_sha' | 'plan' | 'intent' | 'impact';
/** The card of an approval that is bound to a plan. */
export type PlanApprovalRequest = ApprovalRequest & {
  [field in OfPlan]: NonNullable<ApprovalRequest[field]>;
};

/** False only for a budget that was used up before there was a plan. */
export function isOfPlan(request: ApprovalRequest): request is PlanApprovalRequest {
  return request.plan_id !== undefined;
}

export const verificationItemSchema = z.object({
  check: z.string(),
  status: z.enum(['passed', 'failed', 'not_run', 'unknown']),
  message: z.string(),
});
export type VerificationItem = z.infer<typeof verificationItemSchema>;

export const summarySchema = z.object({
  message: z.string(),
  outcome: outcomeSchema,
  pr_url: z.string().optional(),
  pr_number: z.int().optional(),
  branch: z.string().optional(),
  /** Path on this server; it answers 404 while the run has changed nothing. */
  patch_url: z.string(),
  bundle_url: z.string(),
  /** The signed record of the run; there from the summary on. */
  record_url: z.string().optional(),
  base_sha: z.string().optional(),
  head_sha: z.string().optional(),
  files: z.array(
    z.object({
      path: z.string(),
      additions: z.int().nonnegative(),
      deletions: z.int().nonnegative(),
    }),
  ),
  tests: testSummarySchema,
  verification: z.array(verificationItemSchema),
  usage: z.object({
    input_tokens: z.int().nonnegative(),
    output_tokens: z.int().nonnegative(),
    cost_usd: z.number().nonnegative(),
    /** Every model that answered, or `recipes`. */
    model: z.string(),
    calls: z.int().nonnegative().optional(),
    stages: z
      .array(
        z.object({
          stage: stageSchema,
          calls: z.int().nonnegative(),
          input_tokens: z.int().nonnegative(),
          output_tokens: z.int().nonnegative(),
          cost_usd: z.number().nonnegative(),
        }),
      )
      .optional(),
  }),
  risks: z.array(z.string()),
  next_steps: z.array(z.string()),
  /** Lists were cut, as the whole is longer than an event; the run has it. */
  truncated: z.literal(true).optional(),
});
export type Summary = z.infer<typeof summarySchema>;

/** The `data` of an `agent_update`, by its `type`. */
export const UPDATE_TYPES = {
  status: z.object({ message: z.string(), state: runStateSchema }),
  snapshot: z.object({
    state: runStateSchema,
    plan: planSchema.optional(),
    approval: approvalRequestSchema.optional(),
    summary: summarySchema.optional(),
    files: z.array(z.string()).optional(),
  }),
  log: z.object({ message: z.string(), level: logLevelSchema, source: z.string() }),
  code_change: codeChangeSchema,
  test_result: testResultSchema,
  approval_request: approvalRequestSchema,
  question: z.object({
    question_id: z.uuid(),
    question: z.string(),
    options: z.array(z.string()).optional(),
  }),
  query_response: z.object({
    answer: z.string(),
    references: z.array(
      z.object({
        path: z.string(),
        line: z.int().positive().optional(),
        symbol: z.string().optional(),
      }),
    ),
  }),
  diagram_response: z.object({
    /** Mermaid source. */
    diagram: z.string(),
    title: z.string(),
    nodes: z.int().nonnegative(),
    edges: z.int().nonnegative(),
    truncated: z.boolean(),
  }),
  summary: summarySchema,
  error: z.object({ code: z.enum(ERROR_CODE_LIST), message: z.string(), retryable: z.boolean() }),
} as const;

export type UpdateType = keyof typeof UPDATE_TYPES;
export type UpdateData<T extends UpdateType> = z.infer<(typeof UPDATE_TYPES)[T]>;

/** An update before the log has numbered it. */
export type NewUpdate = { [T in UpdateType]: { type: T; data: UpdateData<T> } }[UpdateType];

/** One numbered entry of a session's log, as clients get it. */
export const agentUpdateSchema = z.object({
  type: z.enum(Object.keys(UPDATE_TYPES) as [UpdateType, ...UpdateType[]]),
  timestamp: z.iso.datetime(),
  stage: stageSchema,
  data: z.record(z.string(), z.unknown()),
  session_id: z.uuid(),
  run_id: z.uuid(),
  /** 1, 2, 3 ... per session, no gaps. */
  seq: z.int().positive(),
  /** How often the stage was begun; grows after a crash. */
  attempt: z.int().nonnegative(),
});
export type AgentUpdate = Omit<z.infer<typeof agentUpdateSchema>, 'type' | 'data'> & NewUpdate;
