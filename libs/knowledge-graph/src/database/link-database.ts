import type { EdgeList } from '../build/edge-list.js';
import { moduleId } from '../build/ids.js';
import type { SourceUnit, SymbolRef } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEntity } from './entities.js';

/** The id that stands for a model which no class of the project declares (Prisma). */
function databaseId(model: string): string {
  return `db:${model}`;
}

/** `uses-db` edges from the symbol (or module) that reads or writes an entity to the entity. */
export function linkDatabase(
  table: SymbolTable,
  models: ReadonlyMap<string, { name: string; path: string }>,
  edges: EdgeList,
): void {
  const sets = efSets(table);
  for (const unit of table.units.values()) {
    for (const { entity, via, line } of unit.facts.database) {
      const from = symbolAt(unit, line) ?? moduleId(unit.path);
      if (via === 'prisma') {
        const model = models.get(entity);
        if (model)
          edges.add('uses-db', from, databaseId(model.name), 'exact', line, {
            orm: via,
            entity: model.name,
          });
        continue;
      }
      const name = via === 'efcore' ? (sets.get(entity) ?? entity) : entity;
      const ref = table.type(unit, name) ?? table.local(unit, name);
      const known =
        ref !== null &&
        (via === 'efcore'
          ? sets.has(entity) || [...sets.values()].includes(name)
          : via === 'jpa' || isEntity(table, ref));
      const to = ref && known ? table.id(ref) : undefined;
      if (to && to !== from)
        edges.add('uses-db', from, to, 'typed', line, { orm: via, entity: name });
    }
  }
}

/** Properties of C# contexts: `Users` holds `User`. */
function efSets(table: SymbolTable): Map<string, string> {
  const sets = new Map<string, string>();
  for (const unit of table.units.values()) {
    if (unit.facts.language !== 'csharp') continue;
    for (const { name, returnType } of unit.facts.symbols) {
      const held = /^(?:\w+\.)*DbSet<\s*([\w.]+)\s*>\??$/.exec(returnType ?? '')?.[1];
      if (held !== undefined) sets.set(name, held.split('.').at(-1) ?? held);
    }
  }
  return sets;
}

/** Id of the innermost function or class around a line. */
function symbolAt(unit: SourceUnit, line: number): string | null {
  let best: SymbolRef | null = null;
  let size = Infinity;
  unit.facts.symbols.forEach((one, index) => {
    const span = one.endLine - one.startLine;
    if (one.kind === 'variable' || one.startLine > line || one.endLine < line || span > size)
      return;
    best = { path: unit.path, index };
    size = span;
  });
  return best === null ? null : (unit.ids[(best as SymbolRef).index] ?? null);
}
