import type { PlanTask } from '@hil/contracts';
import { FENCE_RULES, type ModelMessage } from '@hil/language-models';
import type { StageContext } from '@hil/workflow';
import { required } from '../shared/requirements.js';

const SYSTEM = [
  'You carry out one task of an approved plan in a code repository, by edits, and call finish_task when it is done.',
  'Edit with apply_edits; each operation is atomic. A search must match the file exactly, once, without the line numbers',
  'that read_file shows. An operation that failed changed nothing and says why; those that succeeded must not be sent again.',
  'Change only what the task needs, in the style of the code around it, with the tests that it names.',
  'Make the renames and moves that the plan announces first, with rename_symbol and move_file as it says; others need a person.',
  'Only the approved files may change. What you edit is tested and reviewed by a person afterwards.',
  FENCE_RULES,
].join(' ');

/** The conversation a task begins with. */
export function taskMessages(
  context: StageContext,
  task: PlanTask,
  options: {
    approvedFiles: readonly string[];
    /** Fenced files. */
    files: string;
    /** Fenced advice; empty when there is none. */
    advice: string;
    /** Operations that an attempt before has made. */
    draftOperations: number;
  },
): ModelMessage[] {
  const plan = required(context, 'plan');
  const intent = required(context, 'intent');
  const { approved, steering = [], steeringSeen = 0 } = context.run.context;
  const bullets = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : [`${title}:\n${lines.map((line) => `- ${line}`).join('\n')}`];
  const parts = [
    options.advice,
    options.files,
    `The person asked: ${context.run.request.message}`,
    `The approved plan: ${plan.summary}`,
    ...bullets('Constraints', intent.constraints),
    ...bullets('Notes of the person', [
      ...(approved?.notes === undefined ? [] : [approved.notes]),
      ...steering.slice(0, steeringSeen),
    ]),
    `Your task, ${task.id}: ${task.task}`,
    ...bullets('Changes', task.changes),
    ...bullets(
      'Renames and moves',
      (task.project_edits ?? []).map((edit) => JSON.stringify(edit)),
    ),
    ...bullets('Tests', task.tests),
    ...(task.notes === '' ? [] : [`Notes: ${task.notes}`]),
    ...bullets('Approved files', options.approvedFiles),
    ...(options.draftOperations === 0
      ? []
      : [
          `${options.draftOperations} operations of this task were made before you were interrupted; the files above already have them.`,
        ]),
  ];
  return [
    { role: 'system', text: SYSTEM },
    { role: 'user', text: parts.filter((part) => part !== '').join('\n\n') },
  ];
}
