import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { canonical, sha256 } from './canonical.js';
import { chainStart, nextHash } from './chain.js';
import { type RunRecord, runRecordSchema } from './record.js';
import { keyIdOf } from './signing-key.js';

/** What became of a record under examination. */
export interface RecordVerdict {
  /** What is wrong with it, in words; empty: nothing is. */
  problems: string[];
  /** Absent when it could not even be read. */
  record?: RunRecord;
  /** True when the key was compared with one that the caller trusts. */
  keyTrusted: boolean;
}

/**
 * Examines a record without network or server: its exact bytes, signature, chain, hashes, and whether
 * approvals, plans, audit and log agree with each other.
 * @param trusted public keys one of which must have signed it; none: the record's own is used, and
 *   somebody who made all of it anew would not be noticed
 */
export function verifyRecord(text: string, trusted: readonly KeyObject[] = []): RecordVerdict {
  const keyTrusted = trusted.length > 0;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`it is not JSON: ${String(error)}`], keyTrusted };
  }
  const parsed = runRecordSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `not a run record at ${path.join('.') || 'the top'}: ${message}`);
    return { problems, keyTrusted };
  }
  // The value as it was read, not as the schema copied it: fields the schema lets pass are signed too.
  const record = value as RunRecord;
  const problems = [
    // Otherwise spaces, key order or a repeated key could differ unnoticed.
    ...(canonical(record) === text ? [] : ['its bytes are not the canonical form that was signed']),
    ...signatureProblems(record, trusted),
    ...chainProblems(record),
    ...planProblems(record),
    ...approvalProblems(record),
    ...fileProblems(record),
  ];
  return { problems, record, keyTrusted };
}

function signatureProblems(record: RunRecord, trusted: readonly KeyObject[]): string[] {
  const { signature, ...body } = record;
  let key: KeyObject;
  try {
    key = createPublicKey({
      key: strictBase64(signature.public_key),
      type: 'spki',
      format: 'der',
    });
  } catch {
    return ['its public key can not be read'];
  }
  if (key.asymmetricKeyType !== 'ed25519') return ['its public key is not of Ed25519'];
  const id = keyIdOf(key);
  if (id !== signature.key_id) return ['its key id is not that of its public key'];
  if (trusted.length > 0 && !trusted.some((known) => keyIdOf(known) === id)) {
    return [`it was signed by the key ${id}, which is not the one given`];
  }
  let fits = false;
  try {
    fits = verify(null, Buffer.from(canonical(body)), key, strictBase64(signature.value));
  } catch {
    return ['its signature can not be read'];
  }
  return fits ? [] : ['the signature does not fit the content'];
}

/** Its last digit has bits that decoders ignore: two texts could be one signature. */
function strictBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new Error('not canonical base64');
  return bytes;
}

function chainProblems({ run, log }: RunRecord): string[] {
  let hash = chainStart(run.run_id);
  let seq = 0;
  for (const { event, hash: claimed } of log.events) {
    hash = nextHash(hash, event);
    if (hash !== claimed) return [`the chain breaks at event ${event.seq}`];
    if (event.seq <= seq) return [`event ${event.seq} is out of order`];
    if (event.run_id !== run.run_id) return [`event ${event.seq} belongs to another run`];
    seq = event.seq;
  }
  return hash === log.head ? [] : ['the chain ends in another hash than the record says'];
}

function planProblems({ plans }: RunRecord): string[] {
  return plans
    .filter(({ plan: { plan: tasks, base_sha, revision, plan_hash } }) => {
      return sha256(canonical({ tasks, base_sha, revision })) !== plan_hash;
    })
    .map(({ plan }) => `the tasks of plan revision ${plan.revision} do not have its hash`);
}

/** An approval counts only with the plan it is of, the card that was shown, and the audit of who decided. */
function approvalProblems({ approvals, plans, audit, log }: RunRecord): string[] {
  const problems: string[] = [];
  const shown = new Map(
    log.events
      .filter(({ event }) => event.type === 'approval_request')
      .map(({ event }) => [event.data['approval_id'], event.data]),
  );
  for (const approval of approvals) {
    const name = `approval ${approval.approval_id}`;
    const plan = plans.find((entry) => entry.plan.plan_id === approval.plan_id)?.plan;
    const ofBudget = approval.kind === 'budget' && approval.plan_id === undefined;
    if (plan === undefined) {
      if (!ofBudget) problems.push(`${name} is of a plan that is not here`);
    } else if (plan.plan_hash !== approval.plan_hash || plan.revision !== approval.revision)
      problems.push(`${name} is not of the plan it names`);
    const card = shown.get(approval.approval_id);
    if (card === undefined ? log.complete : card['subject_hash'] !== approval.subject_hash)
      problems.push(`${name} is not the one that was shown`);
    if (approval.status !== 'approved') continue;
    const decided = audit.some(
      ({ actor, action, details }) =>
        action === 'approval_granted' &&
        actor === approval.decided_by &&
        details['kind'] === approval.kind &&
        details['plan_hash'] === approval.plan_hash &&
        // Without a plan nothing else tells two budgets of a run apart.
        (!ofBudget || details['approval_id'] === approval.approval_id),
    );
    if (!decided) problems.push(`nobody is on record as having decided ${name}`);
  }
  return problems;
}

function fileProblems({ files }: RunRecord): string[] {
  return files
    .filter(({ encoding, content, sha256: wanted }) => {
      return sha256(Buffer.from(content, encoding)) !== wanted;
    })
    .map(({ name }) => `the content of ${name} does not have its hash`);
}
