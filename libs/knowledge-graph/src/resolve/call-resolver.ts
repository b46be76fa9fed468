import type { CallFact } from '../extract/file-facts.js';
import { isEcmaScript, type SourceLanguage } from '../syntax/language.js';
import { COMMON_METHODS } from './common-methods.js';
import { isTypeKind, type SymbolTable } from './symbol-table.js';
import type { Resolution, SourceUnit, SymbolRef } from './source-unit.js';

export interface ResolvedCall {
  target: SymbolRef;
  resolution: Resolution;
}

/** Resolves calls lexically: scopes, imports, own and inherited members, declared receiver types. */
export class CallResolver {
  private readonly methods = new Map<string, SymbolRef | null>();

  constructor(private readonly table: SymbolTable) {
    for (const unit of table.units.values()) {
      unit.facts.symbols.forEach((symbol, index) => {
        if (symbol.kind !== 'method') return;
        const key = `${family(unit.facts.language)} ${symbol.name}`;
        this.methods.set(key, this.methods.has(key) ? null : { path: unit.path, index });
      });
    }
  }

  resolve(unit: SourceUnit, call: CallFact): ResolvedCall | null {
    const parts = call.callee.split('.');
    const last = parts.at(-1) ?? '';
    if (call.receiverType !== null) {
      const type = this.table.type(unit, call.receiverType);
      const target = type && this.table.member(type, last);
      return target ? { target, resolution: 'typed' } : null;
    }
    const exact = this.exact(unit, call, parts);
    if (exact) return { target: exact, resolution: 'exact' };
    const held = parts.length > 1 ? this.throughVariable(unit, parts) : null;
    if (held) return { target: held, resolution: 'typed' };
    const unknownReceiver = parts.length > 1 && !this.isForeign(unit, parts[0] ?? '');
    if (!unknownReceiver || COMMON_METHODS.has(last)) return null;
    const only = this.methods.get(`${family(unit.facts.language)} ${last}`);
    return only ? { target: only, resolution: 'name-unique' } : null;
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
    const found = this.table.local(unit, head);
    if (found) return isTypeKind(this.table.symbol(found)?.kind ?? '');
    return unit.facts.imports.some((one) => one.names.some(({ local }) => local === head));
  }
}

function family(language: SourceLanguage): string {
  return isEcmaScript(language) ? 'ecmascript' : language;
}
