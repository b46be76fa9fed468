import type { Binding, SourceUnit } from '../../resolve/source-unit.js';
import { isEcmaScript } from '../../syntax/language.js';
import type { Interpreter } from './interpreter.js';
import { scopesOf } from './scopes.js';
import type { Closure, Env, Thing } from './things.js';

/** Finds what names mean: variables, functions, classes, imports, members. */
export class Names {
  private extensions: Map<string, Closure> | null = null;

  constructor(private readonly run: Interpreter) {}

  /** What a dotted name holds where it is used. */
  lookup(name: string, env: Env): Thing | null {
    const parts = name.replace(/^self\./, 'this.').split('.');
    const first = parts[0] === 'this' || parts[0] === 'exports' ? 2 : 1;
    const head = parts.slice(0, first).join('.');
    let thing = this.head(head, env);
    let at = first;
    // Python binds `import a.b` under its whole name.
    for (let n = parts.length; thing === null && n > 1; n -= 1) {
      const dotted = parts.slice(0, n).join('.');
      if (!env.unit.bindings.has(dotted)) continue;
      thing = this.topLevel(env.unit, dotted);
      at = n;
    }
    for (const part of parts.slice(at)) {
      if (thing === null) return null;
      thing = this.member(this.settle(thing, true) ?? thing, part);
    }
    return thing;
  }

  private head(name: string, env: Env): Thing | null {
    for (let one: Env | null = env; one; one = one.parent) {
      const held = one.vars.get(name) ?? this.declared(name, one);
      if (held) return held;
    }
    if (name.startsWith('this.')) {
      const home = this.run.module(env.unit);
      return (
        home.vars.get(name) ??
        home.vars.get(name.slice(5)) ??
        this.method(env.unit, null, name.slice(5))
      );
    }
    // C# and Java call a method of their own class by its bare name.
    const { language } = env.unit.facts;
    const own =
      language === 'csharp' || language === 'java' ? this.method(env.unit, null, name) : null;
    return own ?? this.topLevel(env.unit, name);
  }

  private declared(name: string, env: Env): Closure | null {
    const index = scopesOf(env.unit).named.get(env.scope)?.get(name);
    return index === undefined ? null : { kind: 'function', index, env };
  }

  /** A class of the file, or an import. */
  private topLevel(unit: SourceUnit, name: string): Thing | null {
    const stated = this.stated(unit, name);
    if (isEcmaScript(unit.facts.language) || unit.facts.language === 'python')
      return Array.isArray(stated) ? this.follow(stated) : stated;
    if (!Array.isArray(stated) && stated.kind === 'class') return stated;
    const type = this.run.table.type(unit, name);
    const home = type && this.run.table.units.get(type.path);
    if (home) return { kind: 'class', unit: home, name };
    return this.importedStatically(unit, name) ?? (Array.isArray(stated) ? null : stated);
  }

  /** Java: `import static org.shop.Paths.USERS`, or all members of `Paths`. */
  private importedStatically(unit: SourceUnit, name: string): Thing | null {
    for (const { kind, raw } of unit.facts.imports) {
      const dot = raw.lastIndexOf('.');
      const member = raw.slice(dot + 1);
      if (kind !== 'static' || (member !== name && member !== '*')) continue;
      const type = this.run.table.javaByName(raw.slice(0, dot));
      const home = type && this.run.table.units.get(type.path);
      const found = home && this.member({ kind: 'class', unit: home, name: '' }, name);
      if (found) return found;
    }
    return null;
  }

  /** What the text of a file says of a name at its top level, or where it has the name from. */
  private stated(unit: SourceUnit, name: string): Thing | Binding[] {
    const index = unit.members.get(-1)?.get(name);
    if (index !== undefined && unit.facts.symbols[index]?.kind === 'class')
      return { kind: 'class', unit, name };
    return this.imported(unit, name);
  }

  private imported(unit: SourceUnit, name: string): Thing | Binding[] {
    const binding = unit.bindings.get(name);
    if (binding) return [binding];
    for (const fact of unit.facts.imports) {
      const found = fact.names.find(({ local }) => local === name);
      if (!found) continue;
      const member = found.imported === '*' || found.imported === 'default' ? '' : found.imported;
      return { kind: 'foreign', package: fact.raw, member };
    }
    return unit.facts.language === 'python' ? throughWildcards(unit, name) : [];
  }

  /**
   * The first of these names that means something, through imports and re-exports. Modules may import each
   * other in a circle, so each name is followed once a file; those that are still being read have what they
   * hold so far.
   */
  private follow(names: readonly Binding[]): Thing | null {
    const stack = [...names].reverse();
    const seen = new Set<string>();
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { path, imported } = next;
      if (imported === '*') return { kind: 'module', path };
      const key = `${path}\n${imported}`;
      const unit = this.run.table.units.get(path);
      if (!unit || seen.has(key)) continue;
      seen.add(key);
      const offered = this.offered(unit, imported);
      if (!Array.isArray(offered)) return offered;
      stack.push(...offered.reverse());
    }
    return null;
  }

  /** `require('./x')` and `import('./x')`. */
  required(specifier: string, unit: SourceUnit): Thing | null {
    if (specifier === '') return null;
    const found = unit.imports.find(({ fact }) => fact.raw === specifier);
    return found
      ? { kind: 'module', path: found.path }
      : { kind: 'foreign', package: specifier, member: '' };
  }

  /** What a module offers under a name, through re-exports. */
  private exported(path: string, name: string): Thing | null {
    return this.follow([{ path, imported: name }]);
  }

  /** What a module itself offers under a name, or where it has that from. */
  private offered(unit: SourceUnit, name: string): Thing | Binding[] {
    const env = this.run.module(unit);
    if (!isEcmaScript(unit.facts.language)) return this.atTop(env, name);
    const own = env.vars.get(name === 'default' ? 'default' : `exports.${name}`);
    if (own) return own;
    const fact = unit.exports.get(name);
    if (fact && fact.local !== null) {
      const local = this.atTop(env, fact.local);
      if (name !== 'default' || !Array.isArray(local) || local.length > 0) return local;
      const index = (unit.facts.routing?.functions ?? []).findIndex(
        (one) => one.name === null && one.parent === null && one.owner === null,
      );
      return index === -1 ? [] : { kind: 'function', index, env };
    }
    const binding = fact && unit.bindings.get(`export ${name}`);
    if (binding) return [binding];
    return name === 'default' ? [] : throughWildcards(unit, name);
  }

  private atTop(env: Env, name: string): Thing | Binding[] {
    return env.vars.get(name) ?? this.declared(name, env) ?? this.stated(env.unit, name);
  }

  /** A CommonJS module used as a value is what it exports as a whole. */
  settle(thing: Thing | null, keepModule = false): Thing | null {
    if (thing?.kind !== 'module' || keepModule) return thing;
    return this.exported(thing.path, 'default') ?? thing;
  }

  member(thing: Thing, name: string): Thing | null {
    switch (thing.kind) {
      case 'module': {
        const own = this.exported(thing.path, name);
        if (own) return own;
        const whole = this.exported(thing.path, 'default');
        return whole && whole.kind !== 'module'
          ? this.member(whole, name)
          : this.submodule(thing.path, name);
      }
      case 'value': {
        if (thing.value.kind !== 'record') return null;
        const entry = thing.value.entries.find(({ key }) => key === name);
        return entry ? this.run.evaluate(entry.value, thing.env) : null;
      }
      case 'class': {
        const env = this.run.module(thing.unit);
        return (
          env.vars.get(`this.${name}`) ??
          env.vars.get(name) ??
          this.method(thing.unit, thing.name, name)
        );
      }
      case 'foreign':
        return { ...thing, member: thing.member === '' ? name : `${thing.member}.${name}` };
      case 'router':
        // `router.urls`, `app.router` and the like are the router itself.
        return thing;
      case 'function':
        return null;
    }
  }

  item(thing: Thing, at: number): Thing | null {
    if (thing.kind !== 'value' || thing.value.kind !== 'list') return null;
    const one = thing.value.items[at];
    return one ? this.run.evaluate(one, thing.env) : null;
  }

  /** Python: `package.module` where only the package was imported. */
  private submodule(path: string, name: string): Thing | null {
    if (!path.endsWith('/__init__.py')) return null;
    const folder = path.slice(0, -'__init__.py'.length);
    for (const one of [`${folder}${name}.py`, `${folder}${name}/__init__.py`])
      if (this.run.table.units.has(one)) return { kind: 'module', path: one };
    return null;
  }

  private method(unit: SourceUnit, owner: string | null, name: string): Closure | null {
    const functions = unit.facts.routing?.functions ?? [];
    const index = functions.findIndex(
      (one) => one.name === name && (owner === null ? one.owner !== null : one.owner === owner),
    );
    return index === -1 ? null : { kind: 'function', index, env: this.run.module(unit) };
  }

  /** C#: the extension method of a name, wherever the project declares it. */
  extension(name: string): Closure | null {
    if (!this.extensions) {
      this.extensions = new Map();
      for (const unit of this.run.table.units.values()) {
        if (unit.facts.language !== 'csharp') continue;
        unit.facts.routing?.functions.forEach((one, index) => {
          if (one.isExtension && one.name !== null)
            this.extensions?.set(one.name, { kind: 'function', index, env: this.run.module(unit) });
        });
      }
    }
    return this.extensions.get(name) ?? null;
  }
}

/** The name in each of the modules of which all names are taken over. */
function throughWildcards(unit: SourceUnit, imported: string): Binding[] {
  return unit.wildcards.map((path) => ({ path, imported }));
}
