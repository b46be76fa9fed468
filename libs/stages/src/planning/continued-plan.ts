import type { Plan } from '@hil/contracts';
import type { StageContext } from '@hil/workflow';
import type { StageServices } from '../shared/stage-services.js';
import { planDiff } from './plan-text.js';

/** No commit: asks for the number that comes next. */
const NEXT = '';

/**
 * The plan of a run that began on the branch of an open pull request says which revision of it this would be,
 * and in its first version what is other than in the plan before, so that the person decides on a revision of
 * something they know.
 */
export async function continuedPlan(
  { effects, history, repositories }: StageServices,
  context: StageContext,
  plan: Plan,
): Promise<Plan> {
  const { repository } = repositories.of(context);
  if (repository.kind === 'local') return plan;
  const change = await effects.ofBranch(repository.address, repository.baseBranch);
  if (change?.prUrl == null) return plan;
  const revision = await effects.revision(change.id, NEXT);
  const continued = { ...plan, change: { pr_url: change.prUrl, revision } };
  const before = plan.revision === 1 ? await history.lastPlan(change.lastRunId) : null;
  if (before === null) return continued;
  const changes_since = planDiff(before.plan, plan.plan);
  context.log(`changes since the plan before, of ${change.prUrl}:\n${changes_since}`);
  return { ...continued, changes_since };
}
