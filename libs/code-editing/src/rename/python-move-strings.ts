import { currentFiles, type EditContext } from '../operations/edit-context.js';
import type { SyntaxNode } from '@hil/knowledge-graph';
import type { EditCollector } from './edit-collector.js';
import { MANIFEST } from './python-entry-points.js';
import { callAround, isPlain, takesPath } from './python-calls.js';
import type { PythonModules } from './python-modules.js';

/** A module that moves, and how it is spelled afterwards. */
export interface MovedModule {
  path: string;
  modules: PythonModules;
  spelled: (module: string, from: string) => string;
}

/**
 * Rewrites the path of a module in the strings of `patch("pkg.mod.name")`, `import_module("pkg.mod")` and their like.
 * @returns the places of other strings that lead to it
 */
export function movePathStrings(
  file: { path: string; root: SyntaxNode },
  moved: MovedModule,
  edits: EditCollector,
): string[] {
  const others: string[] = [];
  for (const node of file.root.descendantsOfType('string_content')) {
    const literal = node?.parent;
    if (!node || !literal || !isPlain(literal)) continue;
    const module = modulePart(node.text, file.path, moved);
    if (module === null) continue;
    const { called, position } = callAround(literal);
    if (called !== null && position === 0 && takesPath(called)) {
      const start = node.startIndex;
      edits.add(file.path, start, start + module.length, moved.spelled(module, file.path));
    } else if (module.includes('.')) others.push(`${file.path}:${node.startPosition.row + 1}`);
  }
  return others;
}

/** Rewrites the path of a module in the entry points of manifests. */
export async function moveEntryPoints(
  context: EditContext,
  moved: MovedModule,
  edits: EditCollector,
): Promise<void> {
  for (const path of currentFiles(context).filter((each) => MANIFEST.test(each))) {
    const text = (await context.overlay.tryRead(path).catch(() => null)) ?? '';
    for (const { 0: found, index } of text.matchAll(/(?<![\w.])[A-Za-z_][\w.]*(?=:[A-Za-z_])/g)) {
      if (modulePart(found, path, moved) !== found) continue;
      edits.add(path, index, index + found.length, moved.spelled(found, path));
    }
  }
}

/** The first part of `pkg.mod.name` that leads to the module; null when none does. */
function modulePart(text: string, from: string, { path, modules }: MovedModule): string | null {
  if (!/^[A-Za-z_][\w.]*(?::[\w.]+)?$/.test(text)) return null;
  const parts = (text.split(':')[0] ?? '').split('.');
  for (let end = parts.length; end > 0; end -= 1) {
    const module = parts.slice(0, end).join('.');
    const file = modules.resolve(from, module);
    if (file !== null) return file === path ? module : null;
  }
  return null;
}
