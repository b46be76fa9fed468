import { createHash } from 'node:crypto';

/** What any analysis says of a line. */
export interface Finding {
  path: string;
  /** 1-based. */
  line: number;
  message: string;
  /** Digest of rule and code: the same code on another line has the same one. */
  fingerprint: string;
}

/** Those of the head that the base does not have: by what they are, not by their line. */
export function newFindings<T extends Finding>(base: readonly Finding[], head: readonly T[]): T[] {
  const before = new Map<string, number>();
  for (const { fingerprint } of base) before.set(fingerprint, (before.get(fingerprint) ?? 0) + 1);
  return head.filter(({ fingerprint }) => {
    const left = before.get(fingerprint) ?? 0;
    if (left > 0) before.set(fingerprint, left - 1);
    return left === 0;
  });
}

/** The fingerprint of a rule's finding in a piece of code; spaces do not count. */
export function fingerprintOf(rule: string, code: string): string {
  const text = `${rule}:${code.trim().replace(/\s+/g, ' ')}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
