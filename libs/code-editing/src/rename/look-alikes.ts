import { currentFiles, type EditContext } from '../operations/edit-context.js';
import type { LookAlike } from '../recipes/workspace.js';
import { lineAt, type TextEdit } from '../text/text-edit.js';

const MAX_LISTED = 20;
const MAX_CHARS = 512 * 1024;
const SKIPPED =
  /(?:^|\/)(?:node_modules|dist|vendor)\/|(?:^|\/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$|\.min\.[cm]?js$|\.(?:png|jpe?g|gif|ico|pdf|zip|jar|dll|woff2?|wasm|snap)$/i;

/** Whole-word mentions of a name: strings, comments, other symbols, files of other kinds. */
export function wordPattern(name: string): RegExp {
  return new RegExp(
    `(?<![\\p{L}\\p{N}_$])${name.replace(/[$.*+?^()[\]{}|\\]/g, '\\$&')}(?![\\p{L}\\p{N}_$])`,
    'gu',
  );
}

/**
 * Mentions of a name that a rename leaves alone, at most twenty lines, and how many lines there are.
 *
 * @param edited the edits of the rename, by path, on the texts as they are now
 */
export async function findLookAlikes(
  name: string,
  edited: ReadonlyMap<string, readonly TextEdit[]>,
  context: EditContext,
): Promise<{ listed: LookAlike[]; total: number }> {
  const pattern = wordPattern(name);
  const listed: LookAlike[] = [];
  let total = 0;
  for (const path of currentFiles(context).sort()) {
    context.signal.throwIfAborted();
    if (SKIPPED.test(path)) continue;
    const text = await context.overlay.tryRead(path).catch(() => null);
    if (text === null || text.length > MAX_CHARS || !text.includes(name)) continue;
    const edits = edited.get(path) ?? [];
    const lines = new Set<number>();
    for (const { index } of text.matchAll(pattern)) {
      if (!edits.some(({ start, end }) => index >= start && index < end))
        lines.add(lineAt(text, index));
    }
    total += lines.size;
    const all = lines.size > 0 && listed.length < MAX_LISTED ? text.split('\n') : [];
    for (const line of lines) {
      if (listed.length < MAX_LISTED)
        listed.push({ path, line, text: (all[line - 1] ?? '').trim().slice(0, 160) });
    }
  }
  return { listed, total };
}
