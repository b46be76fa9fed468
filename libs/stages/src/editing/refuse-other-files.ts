import { HilError, type PlanTask } from '@hil/contracts';

/**
 * A task is carried out on the files it was planned on; what tasks before it made of them is the run's own.
 * @param base blob id of each file of the commit that the run's edits are made on
 * @throws HilError approval_stale when one is another file by now; nothing was changed
 */
export function refuseOtherFiles(task: PlanTask, base: ReadonlyMap<string, string>): void {
  const others = Object.entries(task.base_blobs ?? {})
    .filter(([path, planned]) => base.get(path) !== planned)
    .map(([path, planned]) => {
      const now = base.get(path);
      return `${path} (planned on ${planned.slice(0, 12)}, ${now === undefined ? 'gone' : `now ${now.slice(0, 12)}`})`;
    });
  if (others.length === 0) return;
  throw new HilError(
    'approval_stale',
    `${task.id} was planned on other files than there are now, so nothing was changed: ${others.slice(0, 5).join(', ')}. Ask for the change again.`,
  );
}
