import { Overlay } from '@hil/code-editing';
import { runToolLoop } from '@hil/language-models';
import { RunModels } from '../shared/run-models.js';
import { Steering } from './steering.js';
import { type ModelEditRequest, TaskEditing } from './task-editing.js';

/** The edits of one task, not written yet. */
export interface ModelEdits {
  overlay: Overlay;
  /** What the model says it did. */
  summary: string;
  /** Files that the task deletes or moves on purpose. */
  expectedDeletions: string[];
  /** How its renames and moves differ from those that the plan announces. */
  /** How its renames and moves differ from those that the plan announces, a sentence each. */
  unannounced: string[];
}

/**
 * Lets the model carry out one task in an overlay. Each step's edits are kept with the run, so that an interrupted
 * task goes on from them. Nothing is written to the tree.
 * @throws ModelError, GoalChanged, or HilError validation_error when the gates still refuse the edits
 */
export async function modelEdits(request: ModelEditRequest): Promise<ModelEdits> {
  const { context, services, worktree, task } = request;
  const overlay = await Overlay.open(worktree.path);
  const editing = new TaskEditing(request, overlay);
  const draft = context.run.context.draft;
  let summary = draft?.taskId === task.id ? await editing.resume(draft) : undefined;
  if (summary === undefined) {
    const models = new RunModels(services, context);
    const steering = new Steering(context, models);
    summary = await runToolLoop<string>({
      client: models.client('editor'),
      messages: await editing.messages(),
      signal: context.signal,
      maxSteps: services.config.agent.maxTaskSteps,
      beforeStep: () => steering.heard(),
      tools: editing.tools(),
    });
  }
  context.log(`${task.id}: ${summary}`);
  return {
    overlay,
    summary,
    expectedDeletions: editing.expectedDeletions(),
    unannounced: editing.unannounced(),
  };
}
