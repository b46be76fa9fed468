import type { StageContext } from '@hil/workflow';
import type { StageServices } from './stage-services.js';

/** What the person said that the model, which could still change the code, has not heard. Asked as late as possible. */
export async function unheard(
  { config }: Pick<StageServices, 'config'>,
  context: StageContext,
): Promise<string[]> {
  const { planner, approved, steeringSeen = 0 } = context.run.context;
  const editable = approved?.codeEdits === true && config.agent.codeEdits;
  if (planner !== 'model' || !editable) return [];
  return (await context.steering()).slice(steeringSeen);
}
