import type { StageContext } from '@hil/workflow';
import { required } from './requirements.js';

/**
 * The commit that the edits are made on: the plan's base, or the newer one they were moved to because the
 * base branch had moved without touching what the plan is about.
 */
export function editBase(context: StageContext): string {
  return context.run.context.edit?.baseSha ?? required(context, 'plan').base_sha;
}
