import { z } from 'zod';
import { stageSchema } from './run-state.js';

/** All that a queue carries: where to look, never what to do. The truth is the run's row. */
export const stageJobSchema = z.object({
  runId: z.uuid(),
  stage: stageSchema,
  /** The run's version when the job was sent; another version means the job is void. */
  version: z.int().nonnegative(),
});
export type StageJob = z.infer<typeof stageJobSchema>;

/** All that a doorbell carries: which log grew, and how far. */
export const doorbellSchema = z.object({ sessionId: z.uuid(), seq: z.int().nonnegative() });
export type Doorbell = z.infer<typeof doorbellSchema>;
