import { createHash } from 'node:crypto';
import type { PlanTask } from '@hil/contracts';
import canonicalize from 'canonicalize';

/** SHA-256 (hex) of the RFC 8785 canonical JSON of a value. */
export function canonicalHash(value: unknown): string {
  const json = (canonicalize as unknown as (input: unknown) => string | undefined)(value);
  return createHash('sha256')
    .update(json ?? 'null')
    .digest('hex');
}

/** What an approval of a plan binds: its tasks, the commit they start from, and the revision. */
export function planHash(subject: {
  tasks: PlanTask[];
  base_sha: string;
  revision: number;
}): string {
  const { tasks, base_sha, revision } = subject;
  return canonicalHash({ tasks, base_sha, revision });
}
