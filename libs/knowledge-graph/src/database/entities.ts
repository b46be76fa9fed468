import type { SourceUnit, SymbolRef } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';

const MARKED = /^[@[](?:Entity|ViewEntity|ChildEntity|Document|Table)\b/;
/** Base classes that make a class a table, by the object mapper they belong to. */
const BASES =
  /^(?:models\.Model|Model|db\.Model|Base|DeclarativeBase|SQLModel|BaseEntity|PolymorphicModel|AbstractUser|AbstractBaseUser)$/;

/** Most bases of a class that are looked into. */
const MAX_CLASSES = 32;

/** True for a class that an object mapper stores: by decorator, or by what it inherits from. */
export function isEntity(table: SymbolTable, ref: SymbolRef): boolean {
  // Classes may be written to extend each other, so each is looked into once.
  const classes = new Map([[`${ref.path}\n${ref.index}`, ref]]);
  for (const { path, index } of classes.values()) {
    const symbol = table.symbol({ path, index });
    const unit = table.units.get(path);
    if (!symbol || !unit || classes.size > MAX_CLASSES || symbol.kind !== 'class') continue;
    if (symbol.decorators.some((one) => MARKED.test(one))) return true;
    for (const { symbol: owner, name } of unit.facts.heritage) {
      if (owner !== index) continue;
      const base = table.type(unit, name) ?? table.local(unit, name);
      if (BASES.test(name) && importsMapper(unit, table, base)) return true;
      if (base) classes.set(`${base.path}\n${base.index}`, base);
    }
  }
  return false;
}

/** `Base` and `Model` mean a table only where a mapper is near: in this file or in that of the base. */
function importsMapper(unit: SourceUnit, table: SymbolTable, base: SymbolRef | null): boolean {
  const home = base && table.units.get(base.path);
  return [unit, home].some(
    (one) =>
      one?.facts.imports.some(({ raw }) =>
        /sqlalchemy|django\.db|sqlmodel|typeorm|sequelize|peewee|tortoise|mikro-orm/i.test(raw),
      ) === true,
  );
}

/** Names of the models that Prisma schemas declare, as client properties, with the schema's path. */
export function prismaModels(
  manifests: ReadonlyMap<string, string>,
): Map<string, { name: string; path: string }> {
  const models = new Map<string, { name: string; path: string }>();
  for (const [path, text] of manifests) {
    if (!path.endsWith('.prisma')) continue;
    for (const [, name = ''] of text.matchAll(/^model\s+(\w+)\s*\{/gm))
      models.set(name.charAt(0).toLowerCase() + name.slice(1), { name, path });
  }
  return models;
}
