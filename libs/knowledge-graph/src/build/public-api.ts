import type { ProjectFacts } from '../discover/project-facts.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEcmaScript } from '../syntax/language.js';

/** Longest chain of `export *` that is followed. */
const MAX_HOPS = 12;

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

function namesOf(
  table: SymbolTable,
  path: string,
  into = new Set<string>(),
  hops = 0,
): ReadonlySet<string> {
  const unit = table.units.get(path);
  if (unit === undefined || hops > MAX_HOPS) return into;
  if (isEcmaScript(unit.facts.language)) {
    for (const name of unit.exports.keys()) into.add(name);
  } else {
    const visible = [...(unit.members.get(-1)?.keys() ?? []), ...unit.bindings.keys()];
    // By convention of the language, a leading underscore means: not for others.
    for (const name of visible) if (!name.startsWith('_')) into.add(name);
  }
  for (const other of unit.wildcards) namesOf(table, other, into, hops + 1);
  return into;
}
