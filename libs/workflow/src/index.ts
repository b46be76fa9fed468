export { may, requireRight, requireVisible, type Actor, type Right, type Role } from './actor.js';
export type {
  ChangeRequest,
  EffectLedger,
  IntendedEffect,
  RecordedEffect,
  WantedChangeRequest,
  ChangeRequestUpdate,
} from './effect-ledger.port.js';
export type { Decision } from './decision.js';
export { isReviewed } from './is-reviewed.js';
export { canonicalHash, planHash } from './plan-hash.js';
export { Reconciler, type CleanUp, type ReconcilerOptions } from './reconciler.js';
export { RunCommands, type CommandResult, type RunCommandOptions } from './run-commands.js';
export type { OutsideEvent, RunEvent, StageEvent, TransitionEffect } from './run-events.js';
export type { GivenApproval, RunFacts, RunHistory } from './run-history.port.js';
export { RunSignals, type WorkflowLog } from './run-signals.js';
export type {
  Approval,
  ApprovalDecision,
  ApprovalStatus,
  Artifact,
  CommandRecord,
  Committed,
  LogEntry,
  Logged,
  NewArtifact,
  OutboxMessage,
  RunCommit,
  RunCreation,
  RunStorage,
  SessionView,
} from './run-storage.port.js';
export type {
  EditDraft,
  DiffReview,
  EditProgress,
  Lease,
  PlanApproval,
  RepairRequest,
  Run,
  RunContext,
  RunRepository,
  RunRequest,
  RunUsage,
} from './run.js';
export { StageExecutor, type StageObserver } from './stage-executor.js';
export type { StageExecutorOptions } from './stage-attempt.js';
export type { StageContext, StageHandler, StageResult } from './stage-handler.js';
export { StorageUnavailableError } from './storage-unavailable.error.js';
export { summaryOf } from './summary.js';
export type { TransitionOptions } from './transition-commit.js';
export {
  TransitionError,
  type Transition,
  type TransitionEnvironment,
} from './transition-steps.js';
export { transition } from './transitions.js';
