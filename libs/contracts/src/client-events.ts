import { z } from 'zod';
import { planTaskSchema } from './plan.js';

/** Longest chat message, in characters. */
export const MAX_MESSAGE_CHARS = 32_000;
/** Largest frame the gateway reads, in bytes. */
export const MAX_FRAME_BYTES = 256 * 1024;

const id = z.string().min(1).max(128).optional();
const sessionId = z.uuid();
const text = z.string().max(8_000);

/** The data of every event a client may send, by event name. */
export const CLIENT_EVENTS = {
  /** First message of clients that can't send a header. */
  authenticate: z.object({ id, token: z.string().min(1).max(8_192) }),
  /** Starts a run; steers or answers while one of the session is active. Never decides an approval. */
  chat_message: z.object({
    id,
    message: z.string().trim().min(1, 'message is empty').max(MAX_MESSAGE_CHARS),
    repo_url: z.string().min(1).max(4_096).optional(),
    session_id: sessionId.optional(),
    base_branch: z.string().min(1).max(255).optional(),
    project_path: z.string().min(1).max(1_024).optional(),
    document_id: z.uuid().optional(),
    question_id: z.uuid().optional(),
  }),
  approve_plan: z.object({
    id,
    session_id: sessionId,
    plan_id: z.uuid(),
    approved: z.boolean(),
    notes: text.optional(),
    plan_hash: z.string().optional(),
    /** False: write a specification file instead of editing code. */
    codeEdits: z.boolean().optional(),
    /** True: ask once more, with the diff, before anything is delivered. */
    reviewDiff: z.boolean().optional(),
  }),
  reject_plan: z.object({
    id,
    session_id: sessionId,
    plan_id: z.uuid(),
    reason: text,
    /** True: end the run instead of planning again. */
    final: z.boolean().optional(),
  }),
  edit_plan: z.object({
    id,
    session_id: sessionId,
    plan_id: z.uuid(),
    plan: z.array(planTaskSchema).min(1).max(200),
  }),
  approval_response: z
    .object({
      id,
      session_id: sessionId,
      approval_id: z.uuid().optional(),
      plan_id: z.uuid().optional(),
      approved: z.boolean(),
      reason: text.optional(),
      /** For kind diff: accepted files and hunks, by the ids on the card. */
      selection: z.array(z.string().max(512)).max(10_000).optional(),
    })
    .refine((data) => data.approval_id !== undefined || data.plan_id !== undefined, {
      message: 'approval_id or plan_id is required',
    }),
  cancel_request: z.object({ id, session_id: sessionId, run_id: z.uuid().optional() }),
  resume: z.object({ id, session_id: sessionId, last_seq: z.int().nonnegative() }),
} as const;

export type ClientEventName = keyof typeof CLIENT_EVENTS;
export type ClientEventData<N extends ClientEventName> = z.infer<(typeof CLIENT_EVENTS)[N]>;
/** A parsed client event, discriminated by `event`. */
export type ClientEvent = {
  [N in ClientEventName]: { event: N; data: ClientEventData<N> };
}[ClientEventName];

/** The body of `POST /clone-and-generate`. */
export const graphRequestSchema = z.object({
  repo_url: z.string().min(1).max(4_096),
  base_branch: z.string().min(1).max(255).optional(),
  project_path: z.string().min(1).max(1_024).optional(),
});

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'])
    .transform((text) => text === 'true' || text === '1')
    .default(fallback);

/** The query of `POST /clone-and-generate` and of `GET /api/jobs/:id`, as text. */
export const graphOptionsSchema = z.object({
  generate_summaries: flag(false),
  fan_threshold: z.coerce.number().int().min(1).max(10_000).default(3),
  include_features: flag(true),
  format: z.enum(['pkg', 'legacy']).default('pkg'),
});
export type GraphOptions = z.infer<typeof graphOptionsSchema>;
