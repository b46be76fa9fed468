import type { RunContext } from './run.js';

/** Whether a person has looked at the diff of the change as it is now: it is not edited behind their back. */
export function isReviewed({ edit, review, diffApproved }: RunContext): boolean {
  return review !== undefined || (edit !== undefined && diffApproved === edit.headSha);
}
