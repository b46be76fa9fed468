import { z } from 'zod';

/** The eight stages, in the order of a whole run. Each is one job type of one worker app. */
export const STAGES = [
  'intent_extraction',
  'pkg_query',
  'impact_analysis',
  'planning',
  'editing',
  'testing',
  'verification',
  'pr_creation',
] as const;
export const stageSchema = z.enum(STAGES);
export type Stage = z.infer<typeof stageSchema>;

/** The worker apps; each consumes one queue of the same name. */
export const WORKER_APPS = ['planner', 'editor', 'test-runner', 'pr-worker'] as const;
export type WorkerApp = (typeof WORKER_APPS)[number];

/** Which app works a stage. */
export const STAGE_APP: Readonly<Record<Stage, WorkerApp>> = {
  intent_extraction: 'planner',
  pkg_query: 'planner',
  impact_analysis: 'planner',
  planning: 'planner',
  editing: 'editor',
  testing: 'test-runner',
  verification: 'test-runner',
  pr_creation: 'pr-worker',
};

/** The stages an app works. */
export function stagesOf(app: WorkerApp): Stage[] {
  return STAGES.filter((stage) => STAGE_APP[stage] === app);
}

/** Every state of a run, as `status` events name it. */
export const RUN_STATES = [
  'received',
  ...STAGES,
  'awaiting_answer',
  'awaiting_approval',
  'paused',
  'completed',
  'rejected',
  'cancelled',
  'failed',
  'expired',
] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

export const FINAL_STATES = ['completed', 'rejected', 'cancelled', 'failed', 'expired'] as const;

/** True when nothing can happen to the run any more. */
export function isFinal(state: RunState): boolean {
  return (FINAL_STATES as readonly string[]).includes(state);
}

/** True when a worker has to act: the state is a stage. */
export function isStage(state: RunState): state is Stage {
  return (STAGES as readonly string[]).includes(state);
}

export const outcomeSchema = z.enum([
  'pr_created',
  'patch_ready',
  'answered',
  'rejected',
  'cancelled',
  'failed',
  'expired',
]);
export type Outcome = z.infer<typeof outcomeSchema>;
