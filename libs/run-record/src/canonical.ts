import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The RFC 8785 canonical JSON of a value: one text for one content. */
export function canonical(value: unknown): string {
  return (canonicalize as unknown as (input: unknown) => string | undefined)(value) ?? 'null';
}

/** SHA-256, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
