import { currentFiles } from '../operations/edit-context.js';
import type { EditCollector } from './edit-collector.js';
import type { PythonProject } from './python-project.js';
import { pathEnd, type NamedSymbol } from './python-strings.js';

/** Files whose sections name what a package starts: `name = "pkg.mod:function"`. */
export const MANIFEST = /(?:^|\/)(?:pyproject\.toml|setup\.cfg|entry_points\.txt|tox\.ini)$/;

/** Renames the symbol in the entry points of manifests. */
export async function renameEntryPoints(
  project: PythonProject,
  symbol: NamedSymbol,
  edits: EditCollector,
): Promise<void> {
  for (const path of currentFiles(project.context).filter((each) => MANIFEST.test(each))) {
    const text = await project.context.overlay.tryRead(path).catch(() => null);
    if (text?.includes(symbol.name) !== true) continue;
    for (const { 0: found, index } of text.matchAll(/(?<![\w.])[A-Za-z_][\w.]*:[A-Za-z_][\w.]*/g)) {
      const at = await pathEnd(project, { path }, found, symbol);
      if (at === null) continue;
      edits.add(path, index + at, index + at + symbol.name.length, symbol.newName);
    }
  }
}
