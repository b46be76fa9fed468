import { randomUUID } from 'node:crypto';
import type { Plan } from '@hil/contracts';
import type { Run, StageContext } from '@hil/workflow';

/** A plan of one task on `a.txt`. */
export function planOf(base_sha: string): Plan {
  return {
    plan_id: randomUUID(),
    plan_hash: 'c'.repeat(64),
    revision: 1,
    base_sha,
    summary: 'once',
    plan: [{ id: '1', task: 'once', files: ['a.txt'], changes: [], tests: [], notes: '' }],
    acceptance_criteria: [],
    migrations: [],
    commit: { type: 'feat', scope: '', subject: 'once' },
  };
}

/** Ann's yes to it. */
export function approvalOf(baseSha: string): NonNullable<Run['context']['approved']> {
  return {
    planId: randomUUID(),
    planHash: 'c'.repeat(64),
    baseSha,
    decidedBy: 'ann',
    decidedAt: new Date(0).toISOString(),
    codeEdits: true,
  };
}

/** What a person hears and says while an attempt is at work. */
export interface Talk {
  said: string[];
  told: string[];
}

/** What progress was saved, another attempt sees. */
export function contextOf(run: Run, bundle: Buffer, { said, told }: Talk): StageContext {
  const saved = { kind: 'bundle', mediaType: '', content: bundle, sha256: '', size: bundle.length };
  return {
    run,
    signal: new AbortController().signal,
    log: (message) => void told.push(message),
    stream: () => undefined,
    room: async () => undefined,
    emit: async () => undefined,
    checkpoint: async ({ context }) => void Object.assign(run.context, context),
    artifact: async () => ({ ...saved, createdAt: new Date(0) }) as never,
    steering: async () => [...said],
  };
}
