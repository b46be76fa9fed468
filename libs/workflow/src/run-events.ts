import type {
  ApprovalKind,
  ApprovalRequest,
  BudgetGrant,
  ErrorCode,
  Impact,
  Intent,
  NewUpdate,
  Plan,
  PlanTask,
  TestSummary,
  VerificationItem,
} from '@hil/contracts';
import type { EditProgress, RunContext, RunRepository } from './run.js';

/** A stage's result: what a stage handler returns. */
export type StageEvent =
  | { type: 'intent_extracted'; intent: Intent }
  | { type: 'question_asked'; question: string; options?: string[] }
  | { type: 'graph_read'; repository: RunRepository; graph: NonNullable<RunContext['graph']> }
  | { type: 'answered'; message: string; updates: NewUpdate[] }
  | { type: 'impact_assessed'; impact: Impact }
  | {
      type: 'plan_proposed';
      plan: Plan;
      message: string;
      autoApproved?: string;
      estimate?: NonNullable<RunContext['estimate']>;
    }
  /** The person's words during editing want something else than what was approved. */
  | { type: 'goal_changed'; reason: string }
  /** `budget` is what a yes allows in addition. */
  | { type: 'budget_reached'; message: string; budget: BudgetGrant }
  | { type: 'base_moved'; reason: string }
  /** The base moved elsewhere: the same change stands on it now. */
  | { type: 'rebased'; edit: EditProgress; repository: RunRepository; message: string }
  | {
      type: 'scope_exceeded';
      files: string[];
      message: string;
      /** Set when a task comes to other edits than the plan said: how, in words. */
      edits?: { taskId: string; edits: string };
    }
  | { type: 'edited'; edit: EditProgress }
  /** The editor was asked for a repair and has none; `reason` is a whole sentence. */
  | { type: 'repair_given_up'; reason: string }
  | { type: 'sandbox_missing'; message: string }
  | {
      type: 'tests_finished';
      tests: TestSummary;
      repairable: boolean;
      /** The person said something that the model has not heard. */
      unheard?: boolean;
    }
  | {
      type: 'verified';
      /** What a person is asked about when the verdict is needs_person. */
      hunks?: NonNullable<ApprovalRequest['hunks']>;
      items: VerificationItem[];
      verdict: 'ready' | 'needs_person' | 'not_ready';
      /** True: the diff is to be seen by a person even when nothing is wrong with it. */
      review?: boolean;
      /** The person said something that the model has not heard. */
      unheard?: boolean;
      message: string;
    }
  /** The person said something, after verification looked, that the model has not heard. */
  | { type: 'said_before_delivery' }
  | { type: 'delivered'; delivery: NonNullable<RunContext['delivery']> };

/** What a person or the clock does to a run. */
export type OutsideEvent =
  | { type: 'run_received' }
  | { type: 'question_answered'; answer: string }
  | {
      type: 'approval_granted';
      kind: ApprovalKind;
      by: string;
      notes?: string;
      codeEdits?: boolean;
      files?: string[];
      /** Budget: the amounts on the card, and no others. */
      budget?: BudgetGrant;
      /** Plan: the person wants to see the diff before it is delivered. */
      reviewDiff?: boolean;
      /** Diff: what stays and what goes, when not all of it stays. */
      selection?: { accepted: string[]; dropped: string[] };
    }
  | { type: 'approval_refused'; kind: ApprovalKind; by: string; reason: string; final: boolean }
  | { type: 'plan_edited'; by: string; tasks: PlanTask[] }
  | { type: 'cancel_requested'; by: string }
  | { type: 'approval_expired' }
  | { type: 'stage_failed'; code: ErrorCode; message: string; retryable: boolean };

export type RunEvent = StageEvent | OutsideEvent;

/** What a transition asks the store to do, in the same transaction as the new state. */
export type TransitionEffect =
  | { kind: 'append'; update: NewUpdate }
  | { kind: 'dispatch' }
  | { kind: 'store_plan'; plan: Plan }
  | {
      kind: 'open_approval';
      approval: ApprovalKind;
      message: string;
      subject: unknown;
      files?: string[];
      budget?: BudgetGrant;
      hunks?: NonNullable<ApprovalRequest['hunks']>;
    }
  | { kind: 'void_approvals' }
  /** The summary follows once nothing of the run is at work any more. */
  | { kind: 'summarise' };
