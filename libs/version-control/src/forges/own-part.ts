const BEGIN = '<!-- hil:begin -->';
const END = '<!-- hil:end -->';

/** Names the change request a pull request belongs to, and the commit it was written for; shown nowhere. */
export function markerOf(changeRequestId: string, headSha: string): string {
  return `<!-- hil:change-request=${changeRequestId} head=${headSha} -->`;
}

/** True when a body was written for this change request. */
export function isOurs(body: string, changeRequestId: string): boolean {
  return body.includes(`<!-- hil:change-request=${changeRequestId} `);
}

/** Wraps our text, so that a later update leaves alone what people wrote around it. */
export function ownPart(text: string): string {
  return `${BEGIN}\n${text.trim()}\n${END}`;
}

/** The body with our part replaced by that of `next`; all of `next` where there is no part of ours. */
export function replaceOwnPart(body: string, next: string): string {
  const old = partOf(body);
  const fresh = partOf(next);
  if (old === undefined || fresh === undefined) return next;
  return body.slice(0, old.start) + next.slice(fresh.start, fresh.end) + body.slice(old.end);
}

function partOf(body: string): { start: number; end: number } | undefined {
  const start = body.indexOf(BEGIN);
  const end = body.indexOf(END, start);
  return start < 0 || end < 0 ? undefined : { start, end: end + END.length };
}
