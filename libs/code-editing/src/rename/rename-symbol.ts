import { HilError } from '@hil/contracts';
import { isEcmaScript, languageOf } from '@hil/knowledge-graph';
import { currentFiles, type EditContext } from '../operations/edit-context.js';
import type { LookAlike } from '../recipes/workspace.js';
import { applyEdits, type TextEdit } from '../text/text-edit.js';
import { askTypeScript } from '../typescript/typescript-worker.js';
import { findLookAlikes } from './look-alikes.js';
import { renameJvmOrClr } from './nominal-rename.js';
import { renamePython } from './python-rename.js';
import { unconfirmedFiles } from './unconfirmed.js';

export interface RenameRequest {
  /** The file that declares the symbol. */
  path: string;
  /** `name` or `Parent.name`. */
  symbol: string;
  newName: string;
  /** Of Python: strings that may or may not mean the symbol stay as they are and do not stop the rename. */
  keepStrings?: boolean;
}

/** The edits of one file, on the text before the rename. */
export interface RenamedFile {
  path: string;
  edits: readonly TextEdit[];
}

export interface RenameResult {
  files: RenamedFile[];
  /** Every path that is changed, or there no more: also those of a file that moves with its type. */
  paths: string[];
  /** Number of edits over all files. */
  count: number;
  lookAlikes: LookAlike[];
  /** Lines with look-alikes, also those that are not listed. */
  lookAlikeCount: number;
  notes: string[];
}

/** What the rules of a language make of a request; not made in the overlay yet. */
export interface Renaming {
  files: RenamedFile[];
  notes: string[];
  /** A file whose name follows the name of the type. */
  move?: { from: string; to: string };
}

/**
 * Renames the symbol declared in a file and every resolved reference to it, in the overlay. Comments
 * and names that could not be resolved are listed, not touched; so are strings, but for those of Python that name the
 * symbol with certainty.
 * @throws HilError `validation_error` when the symbol is not declared there, the new name collides, or the
 * references can't be told apart
 */
export async function renameSymbol(
  request: RenameRequest,
  context: EditContext,
): Promise<RenameResult> {
  const { path, symbol, newName } = request;
  const language = languageOf(path);
  if (!language) {
    throw new HilError(
      'validation_error',
      `${path} is not TypeScript, JavaScript, Python, Java or C#, so ${symbol} can't be renamed there. Use replace "${symbol}" with "${newName}" in ${path}.`,
    );
  }
  const name = symbol.split('.').at(-1) ?? symbol;
  if (name === newName) throw new HilError('validation_error', `${name} has that name already.`);
  const { files, notes, move }: Renaming = isEcmaScript(language)
    ? await renameEcmaScript(request, context)
    : language === 'python'
      ? await renamePython(request, context)
      : await renameJvmOrClr(language, request, context);
  const edited = new Map(files.map((file) => [file.path, file.edits]));
  const alike = await findLookAlikes(name, edited, context);
  const unconfirmed = await unconfirmedFiles(request, new Set(edited.keys()), context);
  for (const file of files) {
    const text = await context.overlay.read(file.path);
    await context.overlay.replaceText(file.path, applyEdits(text, file.edits));
  }
  if (move) await context.overlay.move(move.from, move.to);
  const doubts =
    unconfirmed.length > 0
      ? [
          `The graph knows a reference to ${symbol} in ${unconfirmed.slice(0, 5).join(', ')}, where nothing is renamed; look at it before you approve.`,
        ]
      : [];
  const moved = move
    ? [`The file moves to ${move.to}, as its public type must be named like it.`]
    : [];
  return {
    files: files.map((file) => ({ path: file.path, edits: file.edits })),
    paths: [...new Set([...edited.keys(), ...(move ? [move.from, move.to] : [])])].sort(),
    count: files.reduce((sum, file) => sum + file.edits.length, 0),
    lookAlikes: alike.listed,
    lookAlikeCount: alike.total,
    notes: [...notes, ...doubts, ...moved],
  };
}

async function renameEcmaScript(request: RenameRequest, context: EditContext): Promise<Renaming> {
  const { overlay, signal } = context;
  return askTypeScript(
    {
      root: overlay.root,
      files: currentFiles(context),
      overrides: [...overlay.overrides()],
      task: {
        kind: 'rename',
        path: request.path,
        symbol: request.symbol,
        newName: request.newName,
      },
    },
    signal,
  );
}
