import type { StageContext } from '@hil/workflow';
import type { StageServices } from './stage-services.js';

/**
 * Whether the person said something that the model, which could still change the code, has not heard. Asked as late
 * as possible: what comes after it is heard by nobody.
 */
export async function unheard(
  { config }: Pick<StageServices, 'config'>,
  context: StageContext,
): Promise<boolean> {
  const { planner, approved, steeringSeen = 0 } = context.run.context;
  const editable = approved?.codeEdits === true && config.agent.codeEdits;
  if (planner !== 'model' || !editable) return false;
  return (await context.steering()).length > steeringSeen;
}
