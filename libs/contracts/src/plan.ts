import { z } from 'zod';
import { blobIdSchema } from './operations.js';

export const riskSchema = z.enum(['low', 'medium', 'high']);
export type Risk = z.infer<typeof riskSchema>;

/** What the person wants: the arguments of the tool `extract_intent`. */
export const intentSchema = z.object({
  category: z.enum(['code_change', 'informational_query', 'diagram_request']),
  intent: z.string(),
  description: z.string(),
  risk: riskSchema,
  tests_required: z.array(z.string()),
  human_approval: z.boolean(),
  constraints: z.array(z.string()),
  target_modules: z.array(z.string()),
  /** Set when the message can't be carried out without an answer; it is asked before anything else. */
  clarifying_question: z.string().optional(),
  /** Of a message during editing: it wants something else than the approved plan. */
  changes_goal: z.boolean().optional(),
});
export type Intent = z.infer<typeof intentSchema>;

const repositoryPath = z.string().min(1).max(4096);
const editCount = z.object({ edits: z.int().nonnegative(), files: z.int().nonnegative() });

/** A rename or a move that a task announces, with what it came to when the plan was made. */
export const projectEditSchema = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('rename_symbol'),
    path: repositoryPath,
    symbol: z.string().min(1),
    new_name: z.string().min(1),
    keep_strings: z.boolean().optional(),
    expected: editCount.optional(),
  }),
  z.object({
    op: z.literal('move_file'),
    path: repositoryPath,
    to: repositoryPath,
    expected: editCount.optional(),
  }),
]);
export type ProjectEdit = z.infer<typeof projectEditSchema>;

/** One task of a plan. `files` are repository paths with forward slashes. */
export const planTaskSchema = z.object({
  id: z.string().min(1).max(64),
  task: z.string().min(1).max(65_536),
  files: z.array(z.string().min(1).max(4096)),
  /** Those of `files` that do not exist yet. */
  new_files: z.array(z.string().min(1).max(4096)).optional(),
  changes: z.array(z.string()),
  tests: z.array(z.string()),
  notes: z.string(),
  /** For renames and moves: how many edits in how many files; another result asks again. */
  expected: editCount.optional(),
  /** Of a task that a model edits: its renames and moves; others, and other numbers of edits, ask again. */
  project_edits: z.array(projectEditSchema).max(50).optional(),
  /** Git blob id of each of the files that the base has; on another file the task is refused. */
  base_blobs: z.record(z.string().min(1).max(4096), blobIdSchema).optional(),
});
export type PlanTask = z.infer<typeof planTaskSchema>;

export const commitMetaSchema = z.object({
  type: z.enum([
    'feat',
    'fix',
    'refactor',
    'chore',
    'docs',
    'test',
    'perf',
    'build',
    'ci',
    'style',
  ]),
  scope: z.string().max(64),
  subject: z.string().min(1).max(200),
});
export type CommitMeta = z.infer<typeof commitMetaSchema>;

/** The arguments of the tool `propose_plan`. */
export const proposedPlanSchema = z.object({
  summary: z.string(),
  plan: z.array(planTaskSchema).min(1).max(200),
  acceptance_criteria: z.array(z.string()),
  migrations: z.array(z.string()),
  commit: commitMetaSchema,
});
export type ProposedPlan = z.infer<typeof proposedPlanSchema>;

/** A stored plan revision: the proposal plus what an approval of it binds. */
export const planSchema = proposedPlanSchema.extend({
  plan_id: z.uuid(),
  /** SHA-256 (hex) of the RFC 8785 canonical JSON of `{base_sha, revision, tasks}`. */
  plan_hash: z.string().regex(/^[0-9a-f]{64}$/),
  revision: z.int().positive(),
  base_sha: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** Why this revision differs from the one before. */
  reason: z.string().optional(),
  /** Unified diff of the tasks against the revision before, of this run or of the change it goes on with. */
  changes_since: z.string().optional(),
  /** The run goes on with an open pull request: which, and which revision of it this would be. */
  change: z.object({ pr_url: z.string(), revision: z.int().positive() }).optional(),
});
export type Plan = z.infer<typeof planSchema>;

/** What a change reaches, as the approval card shows it. */
export const impactSchema = z.object({
  risk: riskSchema,
  /** 0 to 100. */
  score: z.number().min(0).max(100),
  /** Why the score is what it is, in words. */
  reasons: z.array(z.string()),
  /** Modules that the change starts from. */
  targets: z.array(z.string()),
  /** Modules that depend on a target, with the shortest distance in import or call edges. */
  impacted: z.array(z.object({ path: z.string(), depth: z.int().positive() })),
  callers: z.array(
    z.object({
      path: z.string(),
      line: z.int().positive().optional(),
      symbol: z.string().optional(),
    }),
  ),
  endpoints: z.array(z.object({ method: z.string(), path: z.string() })),
  affected_tests: z.array(z.string()),
  /** True when a list was cut; the numbers below are of the whole. */
  truncated: z.boolean(),
  counts: z.object({
    impacted: z.int().nonnegative(),
    callers: z.int().nonnegative(),
    endpoints: z.int().nonnegative(),
    affected_tests: z.int().nonnegative(),
  }),
});
export type Impact = z.infer<typeof impactSchema>;
