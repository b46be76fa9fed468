import { Overlay, applyOperations } from '@hil/code-editing';
import type { PlanTask, ProjectEdit, ProjectGraph } from '@hil/contracts';
import { projectEditName, reachText } from '../shared/project-edits.js';

/** Tasks with what their renames and moves come to, and why some of those can't be made. */
export interface TriedTasks {
  tasks: PlanTask[];
  wrong: string[];
}

/**
 * Makes the renames and moves of a model's plan in memory, one after the other, so that the plan says in how many
 * files how many edits they are, and each task names the files that no task before it changes. One that can't be made is left out of its task.
 */
export async function tryProjectEdits(
  tasks: readonly PlanTask[],
  project: { root: string; files: readonly string[]; graph: ProjectGraph; signal: AbortSignal },
): Promise<TriedTasks> {
  const wrong: string[] = [];
  if (tasks.every(({ project_edits: edits = [] }) => edits.length === 0))
    return { tasks: [...tasks], wrong };
  const { root, ...context } = project;
  const overlay = await Overlay.open(root);
  const tracked = new Set(project.files);
  const tried: PlanTask[] = [];
  for (const task of tasks) {
    const { project_edits: wanted = [], ...rest } = task;
    const before = new Set((await overlay.changedFiles()).flatMap(pathsOf));
    const made: ProjectEdit[] = [];
    const lines: string[] = [];
    for (const edit of wanted) {
      const { expected: _given, ...operation } = edit;
      const { results } = await applyOperations(overlay, [operation], context);
      const [result] = results;
      if (result?.reach === undefined) {
        wrong.push(`${task.id}: ${projectEditName(edit)} can't be made: ${result?.message ?? ''}`);
        continue;
      }
      made.push({ ...edit, expected: result.reach });
      lines.push(`${projectEditName(edit)}: ${reachText(result.reach)}`);
      if (result.message !== undefined) lines.push(result.message);
    }
    const reached = (await overlay.changedFiles()).flatMap(pathsOf).filter((path) => !before.has(path)); // prettier-ignore
    const files = [...new Set([...task.files, ...reached])];
    const added = new Set([...(task.new_files ?? []), ...reached.filter((path) => !tracked.has(path))]); // prettier-ignore
    tried.push({
      ...rest,
      files,
      ...(added.size === 0 ? {} : { new_files: [...added] }),
      changes: [...task.changes, ...lines.filter((line) => !task.changes.includes(line))],
      ...(made.length === 0 ? {} : { project_edits: made }),
    });
  }
  return { tasks: tried, wrong };
}

const pathsOf = ({ path, from }: { path: string; from?: string }): string[] =>
  from === undefined ? [path] : [from, path];
