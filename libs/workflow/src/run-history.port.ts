import type { AgentUpdate, Plan } from '@hil/contracts';
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

/** What happened in a run, read as a whole, and the sealed records made of it. */
export interface RunHistory {
  read(run: Run): Promise<RunFacts>;
  /** The last record that was sealed of a run. */
  sealed(runId: string): Promise<Uint8Array | null>;
  keepSealed(runId: string, content: Uint8Array): Promise<void>;
}
