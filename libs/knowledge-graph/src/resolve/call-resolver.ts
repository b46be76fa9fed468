import type { CallFact } from '../extract/file-facts.js';
import { isEcmaScript, type SourceLanguage } from '../syntax/language.js';
import { COMMON_METHODS } from './common-methods.js';
import { receiverType } from './receiver-type.js';
import { isTypeKind, type SymbolTable } from './symbol-table.js';
import type { Resolution, SourceUnit, SymbolRef } from './source-unit.js';

/** Types of C# that are named by keywords: `string.Format`. */
const KEYWORD_TYPES = new Set(
  'string object bool char byte sbyte short ushort int uint long ulong float double decimal'.split(
    ' ',
  ),
);

export interface ResolvedCall {
  target: SymbolRef;
  resolution: Resolution;
}

/** Resolves calls lexically: scopes, imports, own and inherited members, declared receiver types. */
export class CallResolver {
  private readonly methods = new Map<string, SymbolRef | null>();
  private readonly extensions = new Map<string, SymbolRef[]>();

  constructor(private readonly table: SymbolTable) {
    for (const unit of table.units.values()) {
      unit.facts.symbols.forEach((symbol, index) => {
        if (symbol.kind !== 'method') return;
        if (unit.facts.language === 'csharp' && /\(\s*this\s/.test(symbol.signature)) {
          const known = this.extensions.get(symbol.name) ?? [];
          this.extensions.set(symbol.name, [...known, { path: unit.path, index }]);
        }
        const key = `${family(unit.facts.language)} ${symbol.name}`;
        this.methods.set(key, this.methods.has(key) ? null : { path: unit.path, index });
      });
    }
  }

  resolve(unit: SourceUnit, call: CallFact): ResolvedCall | null {
    const parts = call.callee.split('.');
    const last = parts.at(-1) ?? '';
    if (call.receiverType !== null) {
      const type = receiverType(this.table, unit, call.receiverType);
      const target = type && (this.table.member(type, last) ?? this.extensionOf(type, last));
      if (target) return { target, resolution: 'typed' };
      // Of a member whose type can't be told, nothing is known but the name of the method.
      if (type || !call.receiverType.includes('#')) return null;
      return this.byName(unit, '?', last);
    }
    const exact = this.exact(unit, call, parts);
    if (exact) return { target: exact, resolution: 'exact' };
    const held = parts.length > 1 ? this.throughVariable(unit, parts) : null;
    if (held) return { target: held, resolution: 'typed' };
    return parts.length > 1 ? this.byName(unit, parts[0] ?? '', last) : null;
  }

  /** The only method of that name in the project, unless the receiver is known not to be of it. */
  private byName(unit: SourceUnit, head: string, name: string): ResolvedCall | null {
    if (COMMON_METHODS.has(name) || this.isForeign(unit, head)) return null;
    const only = this.methods.get(`${family(unit.facts.language)} ${name}`);
    return only ? { target: only, resolution: 'name-unique' } : null;
  }

  /** C#: the extension method of that name for a type. */
  private extensionOf(type: SymbolRef, name: string): SymbolRef | null {
    const wanted = this.table.symbol(type)?.name;
    return (
      (this.extensions.get(name) ?? []).find((ref) => {
        const [first] = this.table.symbol(ref)?.parameters ?? [];
        return (
          first?.type
            ?.replace(/[<?[].*$/s, '')
            .split('.')
            .at(-1) === wanted
        );
      }) ?? null
    );
  }

  private exact(unit: SourceUnit, call: CallFact, parts: string[]): SymbolRef | null {
    const [head = '', second = ''] = parts;
    if (head === 'this' || head === 'self' || head === 'cls' || head === 'super') {
      return parts.length === 2 ? this.ownMember(unit, call, second, head === 'super') : null;
    }
    if (head === 'exports' && parts.length === 2) return this.table.exported(unit.path, second);
    if (head === 'module' && second === 'exports' && parts.length === 3)
      return this.table.exported(unit.path, parts[2] ?? '');
    if (parts.length === 1) {
      const found = this.table.local(unit, head) ?? this.table.visibleThroughWildcard(unit, head);
      return found ?? (isEcmaScript(unit.facts.language) ? null : this.table.type(unit, head));
    }
    for (let n = parts.length - 1; n > 0; n -= 1) {
      const binding = unit.bindings.get(parts.slice(0, n).join('.'));
      if (binding?.imported !== '*') continue;
      const found =
        this.table.exported(binding.path, parts[n] ?? '') ??
        this.ofRequired(binding.path, parts[n] ?? '');
      if (!found) return null;
      return n === parts.length - 1 ? found : this.table.member(found, parts[n + 1] ?? '');
    }
    if (parts.length > 2 && !isEcmaScript(unit.facts.language)) {
      const held = receiverType(this.table, unit, parts.slice(0, -1).join('#'));
      return held && this.table.member(held, parts.at(-1) ?? '');
    }
    if (parts.length !== 2) return null;
    const owner = this.table.type(unit, head) ?? this.table.local(unit, head);
    return owner ? this.table.member(owner, second) : null;
  }

  /** A member of the object that a CommonJS module is: `module.exports = app`, `app.use = ...`. */
  private ofRequired(path: string, name: string): SymbolRef | null {
    if (this.table.units.get(path)?.facts.language !== 'javascript') return null;
    const object = this.table.exported(path, 'default');
    return object && this.table.member(object, name);
  }

  /** A member of the class around the call; Java and C# also see those of outer classes. */
  private ownMember(
    unit: SourceUnit,
    call: CallFact,
    name: string,
    fromBase: boolean,
  ): SymbolRef | null {
    const { symbols, language } = unit.facts;
    let at = call.within === null ? null : (symbols[call.within]?.parent ?? call.within);
    while (at !== null) {
      const owner = { path: unit.path, index: at };
      const found = fromBase ? this.table.inherited(owner, name) : this.table.member(owner, name);
      if (found) return found;
      if (language !== 'java' && language !== 'csharp') return null;
      at = symbols[at]?.parent ?? null;
    }
    return language === 'csharp' ? this.staticallyUsed(unit, name) : null;
  }

  /** C#: a member of a type that `using static` names. */
  private staticallyUsed(unit: SourceUnit, name: string): SymbolRef | null {
    for (const { kind, raw } of unit.facts.imports) {
      if (kind !== 'static') continue;
      const type = this.table.type(unit, raw.slice(raw.lastIndexOf('.') + 1));
      const found = type && this.table.member(type, name);
      if (found) return found;
    }
    return null;
  }

  /** `service.find()` where `service` is a module-level variable of a known type. */
  private throughVariable(unit: SourceUnit, parts: string[]): SymbolRef | null {
    if (parts.length !== 2) return null;
    const variable = this.table.local(unit, parts[0] ?? '');
    const symbol = variable && this.table.symbol(variable);
    const home = variable && this.table.units.get(variable.path);
    if (!symbol?.returnType || symbol.kind !== 'variable' || !home) return null;
    const type = this.table.type(home, symbol.returnType.replace(/[^\w.$].*$/, ''));
    return type ? this.table.member(type, parts[1] ?? '') : null;
  }

  /** True when the head is imported from outside the project or is a known symbol of its own. */
  private isForeign(unit: SourceUnit, head: string): boolean {
    if (head === '?' || head === 'this' || head === 'self') return false;
    if (/^[A-Z]/.test(head)) return true;
    if (unit.facts.language === 'csharp' && KEYWORD_TYPES.has(head)) return true;
    const found = this.table.local(unit, head);
    if (found) return isTypeKind(this.table.symbol(found)?.kind ?? '');
    return unit.facts.imports.some((one) => one.names.some(({ local }) => local === head));
  }
}

function family(language: SourceLanguage): string {
  return isEcmaScript(language) ? 'ecmascript' : language;
}
