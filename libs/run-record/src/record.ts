import { agentUpdateSchema, planSchema } from '@hil/contracts';
import { z } from 'zod';

/** Names the format and its version; a reader refuses what it does not know. */
export const RECORD_FORMAT = 'hil-run-record/1';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime();
const anything = z.record(z.string(), z.unknown());

/** One entry of the log and the hash of the chain up to it. */
const linkSchema = z.strictObject({ event: agentUpdateSchema, hash });

/** A decision, as the person saw its card and made it. */
const approvalSchema = z.strictObject({
  approval_id: z.uuid(),
  kind: z.string(),
  /** Absent only of a budget that was used up before there was a plan, as what follows. */
  plan_id: z.uuid().optional(),
  plan_hash: hash.optional(),
  revision: z.int().positive().optional(),
  base_sha: z.string().optional(),
  head_sha: z.string().optional(),
  subject_hash: z.string(),
  /** pending, approved, rejected, void, expired */
  status: z.string(),
  decided_by: z.string().nullable(),
  decided_at: moment.nullable(),
  reason: z.string().nullable(),
  selection: z.array(z.string()).nullable(),
  created_at: moment,
});

const auditSchema = z.strictObject({
  at: moment,
  actor: z.string(),
  action: z.string(),
  details: anything,
});

const fileSchema = z.strictObject({
  name: z.string(),
  media_type: z.string(),
  sha256: hash,
  encoding: z.enum(['utf8', 'base64']),
  content: z.string(),
});

const effectSchema = z.strictObject({
  kind: z.string(),
  status: z.string(),
  key: z.string(),
  result: anything.nullable(),
  created_at: moment,
  updated_at: moment,
});

const modelCallSchema = z.strictObject({
  at: moment,
  stage: z.string(),
  role: z.string(),
  model: z.string(),
  input_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cost_usd: z.number().nullable(),
});

/** What is signed: everything that happened in one run. */
export const recordBodySchema = z.strictObject({
  format: z.literal(RECORD_FORMAT),
  sealed_at: moment,
  /** What made it: product, its version, and the runtime's. */
  versions: z.record(z.string(), z.string()),
  run: z.strictObject({
    run_id: z.uuid(),
    session_id: z.uuid(),
    user: z.string(),
    state: z.string(),
    outcome: z.string().nullable(),
    request: anything,
    created_at: moment,
    ended_at: moment.nullable(),
    base_sha: z.string().nullable(),
    head_sha: z.string().nullable(),
  }),
  plans: z.array(z.strictObject({ created_at: moment, plan: planSchema })),
  approvals: z.array(approvalSchema),
  audit: z.array(auditSchema),
  log: z.strictObject({
    /** False when retention had dropped a part of it before the record was made. */
    complete: z.boolean(),
    events: z.array(linkSchema),
    /** The hash of the whole chain. */
    head: hash,
  }),
  files: z.array(fileSchema),
  tests: z.unknown(),
  verification: z.array(anything),
  model_calls: z.array(modelCallSchema),
  delivery: z
    .strictObject({
      repository: z.string(),
      branch: z.string(),
      pull_request: z.string().nullable(),
      effects: z.array(effectSchema),
    })
    .nullable(),
});

export type RecordBody = z.infer<typeof recordBodySchema>;

/** A record with its signature over the canonical JSON of everything else. */
export const runRecordSchema = recordBodySchema.extend({
  signature: z.strictObject({
    algorithm: z.literal('ed25519'),
    /** The first 32 hex digits of the SHA-256 of the public key. */
    key_id: z.string(),
    /** SubjectPublicKeyInfo, base64. */
    public_key: z.string(),
    value: z.string(),
  }),
});

export type RunRecord = z.infer<typeof runRecordSchema>;
