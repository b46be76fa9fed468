import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentUpdate, Plan } from '@hil/contracts';
import {
  type RecordBody,
  type RunRecord,
  RECORD_FORMAT,
  SigningKey,
  canonical,
  chain,
  sha256,
  verifyRecord,
} from './index.js';

const RUN = '11111111-1111-4111-8111-111111111111';
const SESSION = '22222222-2222-4222-8222-222222222222';
const PLAN = '33333333-3333-4333-8333-333333333333';
const APPROVAL = '44444444-4444-4444-8444-444444444444';
const AT = '2030-01-01T00:00:00.000Z';
const base_sha = 'b'.repeat(40);

function plan(): Plan {
  const tasks = [{ id: '1', task: 'do', files: ['a.ts'], changes: [], tests: [], notes: '' }];
  return {
    plan_id: PLAN,
    plan_hash: sha256(canonical({ tasks, base_sha, revision: 1 })),
    revision: 1,
    base_sha,
    summary: 's',
    plan: tasks,
    acceptance_criteria: [],
    migrations: [],
    commit: { type: 'fix', scope: '', subject: 'x' },
  };
}

function event(seq: number, type: string, data: Record<string, unknown>): AgentUpdate {
  const ids = { session_id: SESSION, run_id: RUN, attempt: 0 };
  return { type, data, seq, stage: 'planning', timestamp: AT, ...ids } as unknown as AgentUpdate;
}

function body(): RecordBody {
  const { plan_hash } = plan();
  const events = chain(RUN, [
    event(3, 'status', { state: 'received', message: 'Message received.' }),
    event(4, 'approval_request', { approval_id: APPROVAL, subject_hash: plan_hash }),
    event(9, 'code_change', { file: 'a.ts', diff: '@@ -1 +1 @@\n-a\n+b\n' }),
  ]);
  const patch = '--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+b\n';
  return {
    format: RECORD_FORMAT,
    sealed_at: AT,
    versions: { hil: '0.1.0', node: '20.0.0' },
    run: {
      run_id: RUN,
      session_id: SESSION,
      user: 'ann',
      state: 'completed',
      outcome: 'patch_ready',
      request: { message: 'do' },
      created_at: AT,
      ended_at: AT,
      base_sha,
      head_sha: 'c'.repeat(40),
    },
    plans: [{ created_at: AT, plan: plan() }],
    approvals: [
      {
        approval_id: APPROVAL,
        kind: 'plan',
        plan_id: PLAN,
        plan_hash,
        revision: 1,
        base_sha,
        subject_hash: plan_hash,
        status: 'approved',
        decided_by: 'amy',
        decided_at: AT,
        reason: null,
        selection: null,
        created_at: AT,
      },
    ],
    audit: [
      { at: AT, actor: 'amy', action: 'approval_granted', details: { kind: 'plan', plan_hash } },
    ],
    log: { complete: true, events, head: events.at(-1)?.hash ?? '' },
    files: [
      {
        name: 'change.patch',
        media_type: 'text/x-patch',
        sha256: sha256(patch),
        encoding: 'utf8',
        content: patch,
      },
    ],
    tests: { status: 'passed' },
    verification: [],
    model_calls: [],
    delivery: null,
  };
}

let folder: string;
let key: SigningKey;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hil-key-'));
  key = await SigningKey.keptIn(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sealed = (change?: (draft: RecordBody) => void): string => {
  const draft = body();
  change?.(draft);
  return canonical(key.seal(draft));
};
const problemsOf = (text: string) => verifyRecord(text, [key.publicKey]).problems.join('; ');

describe('a run record', () => {
  it('is found intact with the key that signed it, and says when no key was compared', () => {
    expect(verifyRecord(sealed(), [key.publicKey])).toMatchObject({
      problems: [],
      keyTrusted: true,
    });
    expect(verifyRecord(sealed())).toMatchObject({ problems: [], keyTrusted: false });
  });

  it('is refused after a change of any one byte', () => {
    const bytes = Buffer.from(sealed());
    const unnoticed: number[] = [];
    // Each byte of key and signature, where encodings have slack, and every fifth of the rest.
    const tail = bytes.indexOf('"signature"');
    for (let at = 0; at < bytes.length; at += at < tail ? 5 : 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      if (verifyRecord(changed.toString('utf8'), [key.publicKey]).problems.length === 0)
        unnoticed.push(at);
    }
    expect(unnoticed).toEqual([]);
  });

  it.each<[string, (record: RunRecord) => void]>([
    ['an event', ({ log }) => void (log.events[0] && (log.events[0].event.stage = 'editing'))],
    ['an approver', ({ approvals }) => void (approvals[0] && (approvals[0].decided_by = 'eve'))],
    ['a diff', ({ files }) => void (files[0] && (files[0].content += '+evil\n'))],
    ['a test result', (record) => void (record.tests = { status: 'failed' })],
    ['a lost event', ({ log }) => void log.events.splice(1, 1)],
  ])('is refused with %s changed in proper form', (_what, change) => {
    const record = JSON.parse(sealed()) as RunRecord;
    change(record);
    expect(problemsOf(canonical(record))).toContain('the signature does not fit the content');
  });

  it('is refused with the same content in other bytes', () => {
    const record = JSON.parse(sealed()) as RunRecord;
    expect(problemsOf(JSON.stringify(record, null, 1))).toContain('canonical form');
    expect(problemsOf(`${sealed()} `)).toContain('canonical form');
    expect(problemsOf(sealed().replace('{', '{"format":"other",'))).toContain('canonical form');
  });

  it('is refused when another key signed it, however well', async () => {
    const other = await mkdtemp(join(tmpdir(), 'hil-key-'));
    try {
      const forged = canonical((await SigningKey.keptIn(other)).seal(body()));
      expect(verifyRecord(forged).problems).toEqual([]);
      expect(problemsOf(forged)).toMatch(/signed by the key [0-9a-f]{32}, which is not the one/);
      const swapped = JSON.parse(sealed()) as RunRecord;
      swapped.signature.value = (JSON.parse(forged) as RunRecord).signature.value;
      expect(problemsOf(canonical(swapped))).toContain('signature does not fit');
    } finally {
      await rm(other, { recursive: true });
    }
  });

  it.each<[string, RegExp, (draft: RecordBody) => void]>([
    [
      'an event altered in the database',
      /chain breaks at event 4/,
      ({ log }) => void (log.events[1] && (log.events[1].event.timestamp = '2031-01-01T00:00:00Z')),
    ],
    ['a cut log', /chain ends in another hash/, ({ log }) => void log.events.pop()],
    [
      'tasks that are not those of the hash',
      /revision 1 do not have its hash/,
      ({ plans }) => void (plans[0] && (plans[0].plan.plan[0]!.task = 'something else')),
    ],
    [
      'an approval that nobody gave',
      /nobody is on record as having decided/,
      (draft) => void (draft.audit = []),
    ],
    [
      'an approval given by somebody else',
      /nobody is on record/,
      ({ approvals }) => void (approvals[0]!.decided_by = 'eve'),
    ],
    [
      'an approval that was never shown',
      /not the one that was shown/,
      ({ approvals }) => void (approvals[0]!.subject_hash = 'f'.repeat(64)),
    ],
    [
      'a patch that is not the one of the hash',
      /content of change.patch/,
      ({ files }) => void (files[0]!.content = 'x'),
    ],
  ])('is found out by its own contradictions: %s', (_what, problem, change) => {
    expect(problemsOf(sealed(change))).toMatch(problem);
  });

  it.each<[string, Partial<RecordBody['approvals'][number]>, RegExp | null]>([
    ['a budget, with its own decision', { kind: 'budget' }, null],
    [
      'a budget, with the decision of another',
      { kind: 'budget', approval_id: PLAN },
      /nobody is on record/,
    ],
    ['anything else', { kind: 'scope' }, /of a plan that is not here/],
  ])('knows an approval without a plan only of %s', (_what, more, problem) => {
    const early = sealed((draft) => {
      const [{ plan_id: _plan, plan_hash: _hash, revision: _revision, ...approval }] =
        draft.approvals as [RecordBody['approvals'][number]];
      const card = { approval_id: APPROVAL, subject_hash: approval.subject_hash };
      draft.approvals = [{ ...approval, ...more }];
      draft.log.complete = false;
      draft.audit.push({
        at: AT,
        actor: 'amy',
        action: 'approval_granted',
        details: { kind: 'budget', approval_id: card.approval_id },
      });
    });
    if (problem === null) expect(verifyRecord(early).problems).toEqual([]);
    else expect(problemsOf(early)).toMatch(problem);
  });

  it.each(['', '[]', '{}', 'null', '{"format":"hil-run-record/2"}'])('refuses %j', (text) => {
    expect(verifyRecord(text).problems).not.toEqual([]);
  });
});

describe('the signing key', () => {
  it('is made once, and only its owner may read it', async () => {
    expect((await SigningKey.keptIn(folder)).id).toBe(key.id);
    expect((await stat(join(folder, 'run-record-key.pem'))).mode & 0o777).toBe(0o600);
  });

  it('must be of Ed25519', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => SigningKey.fromPem(pem)).toThrow(/not an Ed25519 key/);
    expect(() => SigningKey.fromPem('nonsense')).toThrow(/not a private key/);
  });
});
