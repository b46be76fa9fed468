import type { Annotation, CallValue, Value } from '../../extract/routing/routing-facts.js';
import type { SourceUnit, SymbolRef } from '../../resolve/source-unit.js';
import type { SymbolTable } from '../../resolve/symbol-table.js';
import { shownAs } from '../auth.js';

const MAX_BASES = 8;

/** The annotations on a symbol, in text order. */
export function annotationsOn(unit: SourceUnit, symbol: number): Annotation[] {
  return unit.facts.routing?.annotations.filter((one) => one.symbol === symbol) ?? [];
}

/** The value of an attribute, or the first plain argument. */
export function argument(annotation: Annotation, ...names: string[]): Value | null {
  const named = annotation.named.find(({ key }) => names.includes(key));
  return named?.value ?? null;
}

export function asCall(annotation: Annotation): CallValue {
  const { name, args, named } = annotation;
  return { kind: 'call', on: null, name, args, named, isNew: false, line: 0 };
}

export function shownAnnotation(annotation: Annotation, mark: '@' | '['): string {
  const call = shownAs(asCall(annotation)) ?? annotation.name;
  const plain = annotation.args.length + annotation.named.length === 0 ? annotation.name : call;
  return mark === '@' ? `@${plain}` : `[${plain}]`;
}

/** A class with its bases and interfaces, nearest first. */
export function lineage(table: SymbolTable, ref: SymbolRef): SymbolRef[] {
  const found = [ref];
  for (const one of found) {
    const unit = table.units.get(one.path);
    if (!unit || found.length > MAX_BASES) break;
    for (const { symbol, name } of unit.facts.heritage) {
      if (symbol !== one.index) continue;
      const base = table.type(unit, name) ?? table.local(unit, name);
      if (base && !found.some((known) => known.path === base.path && known.index === base.index))
        found.push(base);
    }
  }
  return found;
}

/** A method of a class, or of what it inherits from, with the declarations it overrides. */
export interface InheritedMethod {
  name: string;
  /** The method itself first, then what it overrides or implements. */
  declarations: SymbolRef[];
}

/** All methods that a class has, its own first. Overloads of one name stay apart within a class. */
export function methodsOf(table: SymbolTable, type: SymbolRef): InheritedMethod[] {
  const methods: InheritedMethod[] = [];
  lineage(table, type).forEach((ref, depth) => {
    const unit = table.units.get(ref.path);
    unit?.facts.symbols.forEach((symbol, index) => {
      if (symbol.parent !== ref.index || symbol.kind !== 'method') return;
      const known = depth === 0 ? [] : methods.filter((one) => one.name === symbol.name);
      const same = known.find(({ declarations: [first] }) =>
        sameArity(table, first, symbol.parameters.length),
      );
      if (same) same.declarations.push({ path: ref.path, index });
      else methods.push({ name: symbol.name, declarations: [{ path: ref.path, index }] });
    });
  });
  return methods;
}

function sameArity(table: SymbolTable, ref: SymbolRef | undefined, count: number): boolean {
  return ref !== undefined && table.symbol(ref)?.parameters.length === count;
}
