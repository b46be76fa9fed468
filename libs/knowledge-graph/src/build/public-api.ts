import type { ProjectFacts } from '../discover/project-facts.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEcmaScript } from '../syntax/language.js';

/**
 * What the packages of a project offer to whoever installs them, through re-exports: the name of the
 * package by the id of the symbol. Members of a class go with their class and are not listed.
 */
export function publicApi(table: SymbolTable, project: ProjectFacts): Map<string, string> {
  const offered = new Map<string, string>();
  for (const { name: library, entries } of project.libraries) {
    for (const { file: entry, folder } of entries) {
      for (const name of namesOf(table, entry)) {
        const ref = table.exported(entry, name);
        // A name that it imports from another package of the repository is that one's to offer.
        if (ref === null || !isWithin(folder, ref.path)) continue;
        const id = table.id(ref);
        if (id !== undefined) offered.set(id, library);
      }
    }
  }
  return offered;
}

function isWithin(folder: string, path: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** The names that a file offers. Star imports may go in circles, so each file is read once. */
function namesOf(table: SymbolTable, entry: string): ReadonlySet<string> {
  const names = new Set<string>();
  const paths = new Set([entry]);
  for (const path of paths) {
    const unit = table.units.get(path);
    if (unit === undefined) continue;
    if (isEcmaScript(unit.facts.language)) {
      for (const name of unit.exports.keys()) names.add(name);
    } else {
      const visible = [...(unit.members.get(-1)?.keys() ?? []), ...unit.bindings.keys()];
      // By convention of the language, a leading underscore means: not for others.
      for (const name of visible) if (!name.startsWith('_')) names.add(name);
    }
    for (const other of unit.wildcards) paths.add(other);
  }
  return names;
}
