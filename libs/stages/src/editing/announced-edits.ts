import type { ProjectReach } from '@hil/code-editing';
import type { PlanTask, ProjectEdit, ProjectOperation } from '@hil/contracts';
import { projectEditName, reachText } from '../shared/project-edits.js';

type RenameOperation = Extract<ProjectOperation, { op: 'rename_symbol' }>;

/** A rename or move that was made, and what it came to. */
export interface MadeEdit {
  operation: ProjectOperation;
  reach: ProjectReach;
}

/** The edits once one more is made: a rename back, or a move back, leaves nothing of what it undoes. */
export function withMade(all: readonly MadeEdit[], made: MadeEdit): MadeEdit[] {
  const undone = all.findLastIndex((one) => isUndoneBy(one, made));
  return undone === -1 ? [...all, made] : all.filter((_, at) => at !== undone);
}

function isUndoneBy(first: MadeEdit, second: MadeEdit): boolean {
  const [one, other] = [first.operation, second.operation];
  if (first.reach.edits !== second.reach.edits || first.reach.files !== second.reach.files)
    return false;
  if (one.op === 'move_file')
    return other.op === 'move_file' && other.path === one.to && other.to === one.path;
  return (
    other.op === 'rename_symbol' &&
    other.path === one.path &&
    other.symbol === renamed(one) &&
    renamed(other) === one.symbol
  );
}

/** The qualified name that a rename gives. */
function renamed({ symbol, new_name: name }: RenameOperation): string {
  return symbol.slice(0, symbol.lastIndexOf('.') + 1) + name;
}

/**
 * Holds the renames and moves that a model made against those that the approved plan announces.
 * @returns a sentence for each that is not announced, is not made, or came to another number of edits or files
 */
export function unannounced(task: PlanTask, made: readonly MadeEdit[]): string[] {
  const open = [...(task.project_edits ?? [])];
  const differences: string[] = [];
  for (const { operation, reach } of made) {
    const at = open.findIndex((edit) => isSame(edit, operation));
    const [announced] = at === -1 ? [] : open.splice(at, 1);
    const expected = announced?.expected;
    if (expected?.edits === reach.edits && expected.files === reach.files) continue;
    // The plan names both paths, and nothing else changes.
    if (announced === undefined && operation.op === 'move_file' && reach.edits === 0) continue;
    const said = expected === undefined ? 'the plan does not announce it' : `the plan said ${reachText(expected)}`; // prettier-ignore
    differences.push(`${projectEditName(operation)} comes to ${reachText(reach)}, and ${said}`);
  }
  for (const edit of open)
    differences.push(`${projectEditName(edit)}, which the plan announces, was not made`);
  return differences;
}

function isSame(edit: ProjectEdit, operation: ProjectOperation): boolean {
  if (edit.path !== operation.path) return false;
  return edit.op === 'rename_symbol'
    ? operation.op === 'rename_symbol' &&
        edit.symbol === operation.symbol &&
        edit.new_name === operation.new_name &&
        (edit.keep_strings ?? false) === (operation.keep_strings ?? false)
    : operation.op === 'move_file' && edit.to === operation.to;
}
