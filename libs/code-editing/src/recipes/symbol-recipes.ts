import { currentFiles, type EditContext } from '../operations/edit-context.js';
import { findLookAlikes } from '../rename/look-alikes.js';
import { renameSymbol } from '../rename/rename-symbol.js';
import { applyEdits } from '../text/text-edit.js';
import { askTypeScript } from '../typescript/typescript-worker.js';
import { locateSymbol } from './locate-symbol.js';
import { existing, invalid, many, type Of, type Outcome } from './outcome.js';
import type { LookAlike } from './workspace.js';

export async function rename(recipe: Of<'rename'>, context: EditContext): Promise<Outcome> {
  const { symbol, newName, keepStrings = false } = recipe;
  const path =
    recipe.path === undefined
      ? locateSymbol(symbol, context.graph)
      : await existing(recipe.path, context);
  const result = await renameSymbol({ path, symbol, newName, keepStrings }, context);
  const changes = [
    `Rename ${symbol} to ${newName}: ${many(result.count, 'place')} in ${many(result.files.length, 'file')}.`,
  ];
  for (const file of result.files)
    changes.push(`${file.path}: ${many(file.edits.length, 'place')}.`);
  const { lookAlikes, lookAlikeCount } = result;
  const alike = lookAlikeNotes('Not touched, only alike', lookAlikes, lookAlikeCount);
  return { changes, notes: [...result.notes, ...alike], edits: result.count, lookAlikes };
}

function lookAlikeNotes(what: string, listed: readonly LookAlike[], total: number): string[] {
  if (total === 0) return [];
  const places = listed.map(({ path, line, text }) => `${path}:${line} (${text})`).join('; ');
  const rest = total - listed.length;
  return [`${what} (${many(total, 'line')}): ${places}${rest > 0 ? `; and ${rest} more` : ''}.`];
}

export async function removeExport(
  { symbol, path }: Of<'remove_unused_export'>,
  context: EditContext,
): Promise<Outcome> {
  const file =
    path === undefined ? locateSymbol(symbol, context.graph) : await existing(path, context);
  if (!/\.(?:[cm]?[jt]s|[jt]sx)$/.test(file))
    throw invalid(
      `remove unused export works for TypeScript and JavaScript, and ${file} is neither.`,
    );
  const { overlay, signal } = context;
  const { files, notes } = await askTypeScript(
    {
      root: overlay.root,
      files: currentFiles(context),
      overrides: [...overlay.overrides()],
      task: { kind: 'unused_export', path: file, symbol },
    },
    signal,
  );
  // A template or a configuration may use the name where the compiler does not look.
  const others = { ...context, files: context.files.filter((other) => other !== file) };
  const name = symbol.split('.').at(-1) ?? symbol;
  const { listed, total } = await findLookAlikes(name, new Map(), others);
  const alike = lookAlikeNotes(`${name} is also written, not as a reference`, listed, total);
  for (const edited of files)
    await overlay.replaceText(
      edited.path,
      applyEdits(await overlay.read(edited.path), edited.edits),
    );
  return {
    changes: [`Remove the unused export ${symbol} from ${file}.`],
    notes: [...notes, ...alike],
  };
}
