import type { ProjectReach } from '@hil/code-editing';
import type { ProjectEdit, ProjectOperation } from '@hil/contracts';

/** What a rename or a move is called where it is spoken of. */
export function projectEditName(edit: ProjectEdit | ProjectOperation): string {
  return edit.op === 'rename_symbol'
    ? `the rename of ${edit.symbol} in ${edit.path} to ${edit.new_name}${edit.keep_strings === true ? ' (strings kept)' : ''}`
    : `the move of ${edit.path} to ${edit.to}`;
}

/** How far it reaches, in words. */
export function reachText({ edits, files }: ProjectReach): string {
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  return `${many(edits, 'edit')} in ${many(files, 'file')}`;
}
