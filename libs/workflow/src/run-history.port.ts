import type { AgentUpdate, ApprovalKind, Plan } from '@hil/contracts';
import type { ChangeRequest } from './effect-ledger.port.js';
import type { Approval, Artifact } from './run-storage.port.js';
import type { Run } from './run.js';

/** Everything the tables hold of one run, oldest first. */
export interface RunFacts {
  run: Run;
  events: AgentUpdate[];
  /** False when retention has dropped a part of the log. */
  complete: boolean;
  plans: { createdAt: Date; plan: Plan }[];
  approvals: (Approval & { createdAt: Date; selection: string[] | null })[];
  audit: { at: Date; actor: string; action: string; details: Record<string, unknown> }[];
  patch: Artifact | null;
  modelCalls: {
    at: Date;
    stage: string;
    role: string;
    model: string;
    inputTokens: number;
    outputTokens: number;
    costUsd: number | null;
  }[];
  change: ChangeRequest | null;
  effects: {
    kind: string;
    status: string;
    key: string;
    result: Record<string, unknown> | null;
    createdAt: Date;
    updatedAt: Date;
  }[];
}

/** A yes: who gave it, when, and what it is bound to. */
export interface GivenApproval {
  kind: ApprovalKind;
  by: string;
  at: Date;
  /** The plan hash, or the SHA-256 of kind, plan hash, head commit and subject. */
  subjectHash: string;
  /** Absent of a budget that was allowed before there was a plan. */
  revision?: number;
  headSha?: string;
  /** Files beyond the plan. */
  files?: string[];
  /** A part of a diff was kept, the rest dropped. */
  inPart: boolean;
}

/** What happened in a run, read as a whole, and the sealed records made of it. */
export interface RunHistory {
  read(run: Run): Promise<RunFacts>;
  /** What persons (or the policy) said yes to in a run, in order. */
  approvals(runId: string): Promise<GivenApproval[]>;
  /** The newest plan of a run. */
  lastPlan(runId: string): Promise<Plan | null>;
  /** The last record that was sealed of a run. */
  sealed(runId: string): Promise<Uint8Array | null>;
  keepSealed(runId: string, content: Uint8Array): Promise<void>;
}
