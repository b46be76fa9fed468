import { HilError } from '@hil/contracts';
import type { ChangeRecipe } from '@hil/language-models';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { didYouMean } from '../operations/suggest.js';
import type { LookAlike } from './workspace.js';

/** What one kind of recipe reports about itself. */
export interface Outcome {
  changes: string[];
  /** Of renames and moves: edits over all files. */
  edits?: number;
  notes?: string[];
  lookAlikes?: LookAlike[];
}

/** The recipe of one kind. */
export type Of<K extends ChangeRecipe['kind']> = Extract<ChangeRecipe, { kind: K }>;

export const invalid = (message: string): HilError => new HilError('validation_error', message);
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;
export const lineCount = (content: string): number =>
  content === '' ? 0 : content.replace(/\n$/, '').split('\n').length;

/** The existing file a recipe names. */
export async function existing(path: string, context: EditContext): Promise<string> {
  if (await context.overlay.exists(path)) return path;
  throw invalid(`${path} does not exist.${didYouMean(path, currentFiles(context))}`);
}
