import type { VerificationItem } from '@hil/contracts';

/** One check; `needsPerson` when its status alone would let the change pass. */
export type Judged = VerificationItem & { needsPerson?: boolean };

export function notInstalled(check: string): Judged {
  return { check, status: 'not_run', message: `${check} is not installed on this worker` };
}

export function broken(check: string, error: unknown): Judged {
  const message = `it broke: ${String(error)}`;
  return { check, status: 'not_run', message, needsPerson: true };
}

/** The first entries, and how many more there are. */
export function list(entries: readonly string[], most = 10): string {
  const more = entries.length > most ? `, and ${entries.length - most} more` : '';
  return `${entries.slice(0, most).join(', ')}${more}`;
}
