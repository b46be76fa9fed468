import { z } from 'zod';
import { approvalRequestSchema, agentUpdateSchema, summarySchema } from '../agent-update.js';
import { ERROR_CODE_LIST } from '../error-codes.js';
import { planSchema } from '../plan.js';
import { CLIENT_EVENTS } from '../client-events.js';
import { runStateSchema, WORKER_APPS } from '../run-state.js';

const health = z.enum(['ok', 'down', 'unknown']);

export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'down']),
  version: z.string(),
  checks: z.object({
    database: health,
    queue: health,
    workers: z.object(
      Object.fromEntries(WORKER_APPS.map((app) => [app, health])) as Record<
        (typeof WORKER_APPS)[number],
        typeof health
      >,
    ),
  }),
});

export const socketStatusSchema = z.object({
  websocket_enabled: z.boolean(),
  active_sessions: z.int().nonnegative(),
  timestamp: z.iso.datetime(),
});

export const runSchema = z.object({
  run_id: z.uuid(),
  session_id: z.uuid(),
  state: runStateSchema,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  message: z.string().optional(),
  repo_url: z.string().optional(),
  base_branch: z.string().optional(),
  base_sha: z.string().optional(),
  head_sha: z.string().optional(),
  plan: planSchema.optional(),
  approval: approvalRequestSchema.optional(),
  summary: summarySchema.optional(),
});

export const sessionSchema = z.object({
  session_id: z.uuid(),
  created_at: z.iso.datetime(),
  last_seq: z.int().nonnegative(),
  runs: z.array(runSchema).optional(),
});

export const memorySchema = z.object({
  memory_id: z.uuid(),
  repository: z.string(),
  /** A plan that was sent back, or a failure that a repair mended. */
  kind: z.enum(['rejection', 'repair']),
  text: z.string(),
  run_id: z.uuid(),
  created_at: z.iso.datetime(),
});

export const recordKeySchema = z.object({
  /** The first 32 hex digits of the SHA-256 of the key, as records name it. */
  key_id: z.string(),
  algorithm: z.literal('ed25519'),
  /** PEM. */
  public_key: z.string(),
});

export const eventPageSchema = z.object({
  events: z.array(agentUpdateSchema),
  last_seq: z.int().nonnegative(),
});

export const openApprovalSchema = approvalRequestSchema.extend({
  session_id: z.uuid(),
  run_id: z.uuid(),
});

/** The body of `POST /api/approvals/:id`: the fields of the socket's decisions. */
export const decisionSchema = z.object({
  approved: z.boolean(),
  reason: z.string().max(8_000).optional(),
  notes: z.string().max(8_000).optional(),
  plan_hash: z.string().optional(),
  codeEdits: z.boolean().optional(),
  reviewDiff: z.boolean().optional(),
  final: z.boolean().optional(),
  selection: z.array(z.string().max(512)).max(10_000).optional(),
});

/** The body of `POST /api/sessions`: the data of the event `chat_message`. */
export const chatMessageBody = CLIENT_EVENTS.chat_message.extend({});

/** The body of `POST /api/sessions/:id/cancel`. */
export const cancelRequestBody = CLIENT_EVENTS.cancel_request.omit({ session_id: true });

/** What a command came to. */
export const commandResultSchema = z.object({
  session_id: z.uuid(),
  run_id: z.uuid(),
  kind: z.enum(['started', 'answered', 'steered']).optional(),
});

const counts = z.object({
  waiting: z.int().nonnegative(),
  active: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  completed: z.int().nonnegative(),
});

/** Jobs by worker app. */
export const jobsSchema = z.object(
  Object.fromEntries(WORKER_APPS.map((app) => [app, counts])) as Record<
    (typeof WORKER_APPS)[number],
    typeof counts
  >,
);

/** How far the making of a graph is; `result` is there once it is completed. */
export const graphJobSchema = z.object({
  job_id: z.uuid(),
  run_id: z.uuid(),
  session_id: z.uuid(),
  status: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  progress: z.object({
    message: z.string(),
    done: z.int().nonnegative().optional(),
    total: z.int().nonnegative().optional(),
  }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  error: z.object({ code: z.enum(ERROR_CODE_LIST), message: z.string() }).optional(),
  result: z.record(z.string(), z.unknown()).optional(),
});

export const errorEnvelopeSchema = z.object({
  status: z.literal('error'),
  message: z.string(),
  code: z.enum(ERROR_CODE_LIST),
});
