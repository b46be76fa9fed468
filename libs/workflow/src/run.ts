import type {
  BudgetGrant,
  CodeChange,
  Impact,
  Intent,
  Operation,
  Outcome,
  Plan,
  PlanTask,
  RunState,
  Stage,
  TestFailure,
  TestSummary,
  VerificationItem,
} from '@hil/contracts';

/** What the person asked for, as it arrived. */
export interface RunRequest {
  message: string;
  repo_url?: string;
  base_branch?: string;
  project_path?: string;
  document_id?: string;
}

/** The repository and the commit that everything in the run refers to. */
export interface RunRepository {
  kind: 'remote' | 'local';
  /** URL without credentials, or the absolute path. */
  address: string;
  baseBranch: string;
  baseSha: string;
  /** Files changed but not committed in a local working copy; they are not part of the run. */
  uncommitted: number;
}

/** Where editing stands; the commits themselves are in the `bundle` artifact. */
export interface EditProgress {
  branch: string;
  headSha: string;
  /** The commit the edits are made on, when the base branch had moved on from the plan's. */
  baseSha?: string;
  /** Fixed at the first attempt, so that a retry makes the same commit ids. ISO 8601. */
  startedAt: string;
  tasksDone: string[];
  /** The change as a whole was shown, so that another attempt does not show it again. */
  shown?: boolean;
  commits: { sha: string; taskId: string; subject: string }[];
  files: { path: string; status: CodeChange['status']; additions: number; deletions: number }[];
}

/** Edits that a model has made for a task and that are not committed yet. */
export interface EditDraft {
  taskId: string;
  /** Operations that succeeded, in order (libs/contracts' Operation). */
  operations: Operation[];
  /** Set when the model has finished: what it says it did. */
  summary?: string;
}

/** Sums over the model calls of a run. */
export interface RunUsage {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  /** US dollars; calls without a known price count 0. */
  costUsd: number;
  /** Every model that answered, as `provider:model`. */
  models: string[];
  byStage: Partial<
    Record<Stage, { calls: number; inputTokens: number; outputTokens: number; costUsd: number }>
  >;
}

/** An approval of a plan, as a fact. */
export interface PlanApproval {
  planId: string;
  planHash: string;
  baseSha: string;
  decidedBy: string;
  decidedAt: string;
  /** False: write a specification instead of editing code. */
  codeEdits: boolean;
  /** The person wants to see the diff before it is delivered. */
  reviewDiff?: boolean;
  notes?: string;
}

/**
 * What goes back to the editor when the change broke tests. It is gone once the editor is done with it.
 * The failing tests in full are in `RunContext.tests`.
 */
export interface RepairRequest {
  /** 1 for the first repair; the commit it makes carries the task id `repair-<attempt>`. */
  attempt: number;
  /** How many there may be (AGENT_MAX_RETRIES). */
  of: number;
  /** The commit that was tested. */
  headSha: string;
  /** New failures only, trimmed. Text of tests and tools: data, never instructions. */
  failures: TestFailure[];
}

/** A diff that was approved in part: the rest is dropped, and what stays is tested again. */
export interface DiffReview {
  /** The head commit that was reviewed. */
  headSha: string;
  /** Ids of the hunks that stay and of those that are dropped. */
  accepted: string[];
  dropped: string[];
  by: string;
  /** Why; goes to the next plan revision when there is one. */
  reason: string;
}

/** What the stages found out so far. Grows; each stage writes its own fields. */
export interface RunContext {
  intent?: Intent;
  repository?: RunRepository;
  graph?: { modules: number; symbols: number; edges: number; languages: string[] };
  impact?: Impact;
  plan?: Plan;
  approved?: PlanApproval;
  /**
   * Reasons for revisions, oldest first; `fromRevision` is the plan that was sent back, `tasks` what the
   * person wants instead (edit_plan).
   */
  revisions?: { fromRevision: number; reason: string; tasks?: PlanTask[] }[];
  /** Files outside the plan that a person allowed (scope approvals). */
  extraFiles?: string[];
  /** How a task came to other edits than its plan said, in words, while a person is asked. */
  askedEdits?: { taskId: string; edits: string };
  /** Those words, by task, that a person said yes to. */
  agreedEdits?: Record<string, string>;
  edit?: EditProgress;
  review?: DiffReview;
  /** The head commit whose whole diff a person said yes to. */
  diffApproved?: string;
  /** How often the finished change was moved to a newer base. */
  rebases?: number;
  /** The head commit whose delivery has begun. */
  delivering?: string;
  /** The person's word on running tests without a sandbox. */
  unsandboxed?: 'approved' | 'refused';
  /** How many repairs were asked for under this plan. */
  repairs?: number;
  repair?: RepairRequest;
  /** The failures of the last repair that was begun, so that one that comes back is noticed. */
  repairBegun?: { attempt: number; failures: string };
  /** What the last repair was of, and what its maker says it did; kept for later runs when the tests pass. */
  repaired?: { failures: string[]; summary: string };
  /** Who plans and edits: the recipe grammar, or a language model. */
  planner?: 'recipes' | 'model';
  /** What the models took so far; the calls are rows of their own. */
  usage?: RunUsage;
  /** What a person allowed beyond the budget, each time they were asked. */
  budgetGrants?: BudgetGrant[];
  /** The person was told that most of the budget is used. */
  budgetWarned?: boolean;
  /** What carrying out the plan is expected to take. */
  estimate?: { cost_usd: number; minutes: number };
  /** Edits of the task at work, so that another attempt need not ask for them again. */
  draft?: EditDraft;
  /** How many of `steering` the model has been told. */
  steeringSeen?: number;
  /**
   * The finished change is back at the editor because of messages the model has not heard; gone once it has.
   * `turn` is 1 for the first time; the commit it makes carries the task id `message-<turn>`. `headSha` is the
   * commit that was tested.
   */
  hearing?: { turn: number; headSha: string };
  /** How often the change went back for that, under this plan. */
  hearings?: number;
  tests?: TestSummary;
  verification?: VerificationItem[];
  delivery?: {
    pushed: boolean;
    branch?: string;
    note: string;
    pullRequest?: { number: number; url: string; draft: boolean };
  };
  question?: { questionId: string; question: string };
  answers?: { questionId: string; question: string; answer: string }[];
  steering?: string[];
  /** Why the run ended, for the summary. */
  ending?: string;
}

/** A run as the row has it. */
export interface Run {
  id: string;
  sessionId: string;
  userId: string;
  state: RunState;
  stage: Stage;
  version: number;
  leaseEpoch: number;
  leaseUntil: Date | null;
  attempt: number;
  cancelRequested: boolean;
  summarised: boolean;
  request: RunRequest;
  context: RunContext;
  outcome: Outcome | null;
  createdAt: Date;
  updatedAt: Date;
  endedAt: Date | null;
  /** When work on this version was last sent to a queue; known to whoever claims it. */
  dispatchedAt?: Date | null;
}

/** The right to work on one version of a run until it is lost. */
export interface Lease {
  runId: string;
  sessionId: string;
  version: number;
  epoch: number;
}
