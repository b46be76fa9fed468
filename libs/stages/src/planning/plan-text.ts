import { unifiedDiff } from '@hil/code-editing';
import type { PlanTask } from '@hil/contracts';
import { projectEditName } from '../shared/project-edits.js';

/** Tasks as lines that people and models read, and that a diff of revisions is made of. */
export function planText(tasks: readonly PlanTask[]): string {
  return `${tasks
    .map((task) =>
      [
        `${task.id}: ${task.task}`,
        ...task.files.map(
          (path) => `  file: ${path}${task.new_files?.includes(path) === true ? ' (new)' : ''}`,
        ),
        ...(task.project_edits ?? []).map((edit) => `  edit: ${projectEditName(edit)}`),
        ...task.changes.map((change) => `  change: ${change}`),
        ...task.tests.map((test) => `  test: ${test}`),
        ...(task.notes === '' ? [] : [`  notes: ${task.notes}`]),
      ].join('\n'),
    )
    .join('\n')}\n`;
}

/** Unified diff of two revisions' tasks. */
export function planDiff(before: readonly PlanTask[], after: readonly PlanTask[]): string {
  return unifiedDiff({
    path: 'plan',
    status: 'modified',
    before: planText(before),
    after: planText(after),
    mode: 0o644,
  }).diff;
}
