import type { StageContext } from '@hil/workflow';
import type { StageServices } from './stage-services.js';

const MAX_NAMES = 5;

/** Once the tests pass after a repair: what broke and what mended it, for later runs on the repository. */
export async function rememberRepair(
  { memory }: StageServices,
  { run }: StageContext,
): Promise<void> {
  const { repaired, repository, tests } = run.context;
  if (repaired === undefined || repository === undefined || tests?.status !== 'passed') return;
  await memory.remember({
    repository: repository.address,
    userId: run.userId,
    runId: run.id,
    kind: 'repair',
    text: `A change broke ${repaired.failures.slice(0, MAX_NAMES).join('; ')}. What mended it: ${repaired.summary}`,
  });
}
