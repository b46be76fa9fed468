import { isEcmaScript } from '../syntax/language.js';
import type { Binding, SourceUnit, SymbolRef } from './source-unit.js';

/** Most bases of a type that are looked into for one member. */
const MAX_BASES = 64;

/** Finds what a name means in a file: exports through re-exports, types, members of types. */
export class SymbolTable {
  /** Java and Kotlin: types by qualified name. C#: types by bare name. */
  private readonly javaTypes = new Map<string, SymbolRef>();
  private readonly csharpTypes = new Map<string, SymbolRef[]>();
  readonly csharpNamespaces = new Map<string, string[]>();
  /** C#: all declarations of a partial type, by namespace and qualified name. */
  private readonly partialTypes = new Map<string, SymbolRef[]>();

  private readonly bases = new WeakMap<SourceUnit, Map<number, SymbolRef[]>>();

  constructor(private readonly held: Map<string, SourceUnit>) {
    const { units } = this;
    for (const unit of units.values()) {
      const { language, namespaces, symbols } = unit.facts;
      if (language !== 'java' && language !== 'csharp' && language !== 'kotlin') continue;
      for (const name of language === 'csharp' ? namespaces : []) {
        add(this.csharpNamespaces, name, unit.path);
      }
      symbols.forEach((symbol, index) => {
        if (!isTypeKind(symbol.kind)) return;
        const ref = { path: unit.path, index };
        if (language !== 'csharp') {
          const name = [namespaces[0], symbol.qualified].filter(Boolean).join('.');
          if (!this.javaTypes.has(name)) this.javaTypes.set(name, ref);
        } else {
          add(this.csharpTypes, symbol.name, ref);
          const key = partialKey(unit, index);
          if (key) add(this.partialTypes, key, ref);
        }
      });
    }
  }

  symbol(ref: SymbolRef) {
    return this.units.get(ref.path)?.facts.symbols[ref.index];
  }

  id(ref: SymbolRef): string | undefined {
    return this.units.get(ref.path)?.ids[ref.index];
  }

  topLevel(unit: SourceUnit, name: string): SymbolRef | null {
    const index = unit.members.get(-1)?.get(name);
    return index === undefined ? null : { path: unit.path, index };
  }

  get units(): ReadonlyMap<string, SourceUnit> {
    return this.held;
  }

  /** Hands out the units one after the other and lets go of each: the table knows it no more. */
  *release(): Generator<SourceUnit> {
    for (const unit of this.held.values()) {
      this.held.delete(unit.path);
      yield unit;
    }
  }

  /** What `name` means when imported from `path`, through re-exports. */
  exported(path: string, name: string): SymbolRef | null {
    // Star imports may go in circles, so each name is looked up once a file. What is on top comes first.
    const stack: Binding[] = [{ path, imported: name }];
    const seen = new Set<string>();
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { imported } = next;
      const key = `${next.path}\n${imported}`;
      const unit = this.units.get(next.path);
      if (!unit || seen.has(key)) continue;
      seen.add(key);
      const fact = isEcmaScript(unit.facts.language) ? unit.exports.get(imported) : undefined;
      const local = isEcmaScript(unit.facts.language) ? fact?.local : imported;
      const own = local ? this.topLevel(unit, local) : null;
      if (own) return own;
      if (!fact && imported !== 'default') {
        for (const other of [...unit.wildcards].reverse()) stack.push({ path: other, imported });
      }
      const passed = fact && !local ? unit.bindings.get(`export ${imported}`) : undefined;
      const bound = passed ?? (local ? asImported(unit.bindings.get(local)) : undefined);
      if (bound) stack.push(bound);
    }
    return null;
  }

  /** What `name` means at module level of a file: declared there or imported. */
  local(unit: SourceUnit, name: string): SymbolRef | null {
    const own = this.topLevel(unit, name);
    if (own) return own;
    const binding = asImported(unit.bindings.get(name));
    return binding ? this.exported(binding.path, binding.imported) : null;
  }

  /**
   * The declaration of a type as named in a file, or null when it is not of this project.
   * @param headOf the symbol in whose head it is named: what that declares inside is not in sight there
   */
  type(unit: SourceUnit, name: string, headOf: number | null = null): SymbolRef | null {
    const { language } = unit.facts;
    if (language === 'java') return this.javaType(unit, name, headOf);
    if (language === 'csharp') return this.csharpType(unit, name);
    const dot = name.lastIndexOf('.');
    if (dot !== -1) {
      const binding = unit.bindings.get(name.slice(0, dot));
      return binding ? this.exported(binding.path, name.slice(dot + 1)) : null;
    }
    const found = this.local(unit, name) ?? this.visibleThroughWildcard(unit, name);
    const kind = found && this.symbol(found)?.kind;
    return kind && isTypeKind(kind) ? found : null;
  }

  visibleThroughWildcard(unit: SourceUnit, name: string): SymbolRef | null {
    if (isEcmaScript(unit.facts.language)) return null;
    for (const path of unit.wildcards) {
      const found = this.exported(path, name);
      if (found) return found;
    }
    return null;
  }

  private javaType(unit: SourceUnit, name: string, headOf: number | null): SymbolRef | null {
    const nested = unit.facts.symbols.findIndex(
      (one) =>
        one.name === name && isTypeKind(one.kind) && (headOf === null || one.parent !== headOf),
    );
    if (nested !== -1) return { path: unit.path, index: nested };
    const [head = '', ...rest] = name.split('.');
    const candidates: string[] = [];
    for (const { raw, names } of unit.facts.imports) {
      if (names[0]?.imported === head) candidates.push([raw, ...rest].join('.'));
    }
    candidates.push([unit.facts.namespaces[0], name].filter(Boolean).join('.'));
    for (const { raw } of unit.facts.imports) {
      if (raw.endsWith('.*')) candidates.push(`${raw.slice(0, -1)}${name}`);
    }
    candidates.push(name);
    return candidates.map((one) => this.javaTypes.get(one)).find(Boolean) ?? null;
  }

  /** A Java type by its qualified name; static imports end in a member, which is dropped. */
  javaByName(qualified: string): SymbolRef | null {
    for (let name = qualified; name.includes('.'); name = name.slice(0, name.lastIndexOf('.'))) {
      const found = this.javaTypes.get(name);
      if (found) return found;
    }
    return null;
  }

  private csharpType(unit: SourceUnit, name: string): SymbolRef | null {
    const bare = name.slice(name.lastIndexOf('.') + 1);
    const alias = unit.facts.imports.find((one) => one.names[0]?.local === bare);
    const wanted = alias?.names[0]?.imported ?? bare;
    const visible = new Set<string>(unit.facts.imports.map((one) => one.raw));
    for (const { kind, raw } of unit.facts.imports) {
      if (kind === 'static' && raw.endsWith(`.${bare}`))
        visible.add(raw.slice(0, -bare.length - 1));
    }
    for (const namespace of unit.facts.namespaces) {
      const parts = namespace.split('.');
      while (parts.length > 0) {
        visible.add(parts.join('.'));
        parts.pop();
      }
    }
    const all = this.csharpTypes.get(wanted) ?? this.csharpTypes.get(`${wanted}Attribute`) ?? [];
    const own = all.find((ref) => ref.path === unit.path);
    if (own) return own;
    const found = all.filter((ref) => {
      const namespaces = this.units.get(ref.path)?.facts.namespaces ?? [];
      return namespaces.length === 0 || namespaces.some((one) => visible.has(one)) || alias;
    });
    return found[0] ?? null;
  }

  /** A member by name, of the type itself or of its nearest base in the project. */
  member(ref: SymbolRef, name: string): SymbolRef | null {
    return this.own(ref, name) ?? this.inherited(ref, name);
  }

  private own(ref: SymbolRef, name: string): SymbolRef | null {
    for (const one of this.parts(ref)) {
      const index = this.units.get(one.path)?.members.get(one.index)?.get(name);
      if (index !== undefined) return { path: one.path, index };
    }
    return null;
  }

  /** A type with the other declarations of it, where it is a partial one. */
  parts(ref: SymbolRef): readonly SymbolRef[] {
    const unit = this.units.get(ref.path);
    const key = unit?.facts.language === 'csharp' ? partialKey(unit, ref.index) : null;
    const all = key === null ? undefined : this.partialTypes.get(key);
    return all ? [ref, ...all.filter((one) => !same(one, ref))] : [ref];
  }

  inherited(ref: SymbolRef, name: string): SymbolRef | null {
    // Types may be written to extend each other, so each is looked into once. What is on top comes first.
    const stack = this.basesOf(ref);
    const seen = new Set([`${ref.path}\n${ref.index}`]);
    for (let next = stack.pop(); next; next = stack.pop()) {
      const key = `${next.path}\n${next.index}`;
      if (seen.has(key)) continue;
      if (seen.size > MAX_BASES) return null;
      seen.add(key);
      const found = this.own(next, name);
      if (found) return found;
      stack.push(...this.basesOf(next));
    }
    return null;
  }

  /** The bases of a type in the project, the nearest last. */
  private basesOf(ref: SymbolRef): SymbolRef[] {
    return this.parts(ref)
      .flatMap((one) => this.declaredBases(one))
      .reverse();
  }

  private declaredBases({ path, index }: SymbolRef): readonly SymbolRef[] {
    const unit = this.units.get(path);
    if (!unit) return [];
    const known = this.bases.get(unit) ?? new Map<number, SymbolRef[]>();
    this.bases.set(unit, known);
    let bases = known.get(index);
    if (!bases) {
      bases = unit.facts.heritage
        .filter(({ symbol }) => symbol === index)
        .flatMap(({ name }) => this.type(unit, name, index) ?? []);
      known.set(index, bases);
    }
    return bases;
  }
}

/** A module that is bound as a whole means what it exports by default. */
function asImported(binding: Binding | undefined): Binding | undefined {
  return binding?.imported === '*' ? { path: binding.path, imported: 'default' } : binding;
}

function partialKey({ facts }: SourceUnit, index: number): string | null {
  const symbol = facts.symbols[index];
  if (!symbol || !/\bpartial\b/.test(symbol.signature)) return null;
  return `${facts.namespaces[0] ?? ''}.${symbol.qualified}`;
}

function same(a: SymbolRef, b: SymbolRef): boolean {
  return a.path === b.path && a.index === b.index;
}

export function isTypeKind(kind: string): boolean {
  return kind === 'class' || kind === 'interface' || kind === 'enum' || kind === 'type';
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
