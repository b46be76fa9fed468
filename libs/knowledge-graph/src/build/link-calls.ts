import { CallResolver } from '../resolve/call-resolver.js';
import type { CallTarget, CheckedCall, CheckedFile } from '../resolve/checker/checked-call.js';
import type { SourceUnit, SymbolRef } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import type { EdgeList } from './edge-list.js';
import { moduleId } from './ids.js';

/**
 * Calls of a file as edges. Where the checker looked, its word counts, and scopes answer only for calls
 * whose type it could not tell; elsewhere scopes, declared types and unique names do.
 */
export class CallLinker {
  private readonly resolver: CallResolver;

  constructor(
    private readonly table: SymbolTable,
    private readonly checked: ReadonlyMap<string, CheckedFile>,
  ) {
    this.resolver = new CallResolver(table);
  }

  link(unit: SourceUnit, edges: EdgeList): void {
    const file = this.checked.get(unit.path);
    const unknown = file && this.linkChecked(unit, file, edges);
    for (const call of unit.facts.calls) {
      if (unknown && !unknown.has(siteOf(call.line, call.callee.split('.').at(-1) ?? ''))) continue;
      const found = this.resolver.resolve(unit, call);
      if (!found || (unknown && found.resolution !== 'exact')) continue;
      this.add(unit, call.within, found.target, found.resolution, call.line, edges);
    }
  }

  /** Adds what the checker resolved and returns the sites it could not tell about. */
  private linkChecked(unit: SourceUnit, file: CheckedFile, edges: EdgeList): Set<string> {
    const unknown = new Set<string>();
    for (const call of file.calls) {
      if (call.outcome === 'unknown') unknown.add(siteOf(call.line, call.name));
      for (const target of targetsOf(call)) {
        const symbol = this.symbolAt(target);
        if (symbol) this.add(unit, enclosing(unit, call.line), symbol, 'exact', call.line, edges);
      }
    }
    return unknown;
  }

  private add(
    unit: SourceUnit,
    within: number | null,
    target: SymbolRef,
    resolution: 'exact' | 'typed' | 'name-unique' | 'ambiguous',
    line: number,
    edges: EdgeList,
  ): void {
    const to = this.table.id(target);
    const from = within === null ? moduleId(unit.path) : unit.ids[within];
    if (to && from && from !== to) edges.add('calls', from, to, resolution, line);
  }

  /** The symbol whose name stands at a declaration: of that name, the innermost around the line. */
  private symbolAt({ path, line, name }: CallTarget): SymbolRef | null {
    const unit = this.table.units.get(path);
    if (!unit) return null;
    let best: number | null = null;
    unit.facts.symbols.forEach((symbol, index) => {
      if (symbol.name !== name || symbol.startLine > line || symbol.endLine < line) return;
      const known = best === null ? undefined : unit.facts.symbols[best];
      if (!known || symbol.startLine > known.startLine) best = index;
    });
    return best === null ? null : { path, index: best };
  }
}

/** One target for each file: overloads and merged declarations are one symbol, named by the first. */
function targetsOf(call: CheckedCall): CallTarget[] {
  const firsts = new Map<string, CallTarget>();
  for (const target of call.targets) {
    const key = `${target.path} ${target.name}`;
    if (!firsts.has(key)) firsts.set(key, target);
  }
  return [...firsts.values()];
}

function siteOf(line: number, name: string): string {
  return `${line} ${name}`;
}

/** The innermost symbol around a line. */
function enclosing(unit: SourceUnit, line: number): number | null {
  let best: number | null = null;
  unit.facts.symbols.forEach((symbol, index) => {
    if (symbol.startLine > line || symbol.endLine < line) return;
    const known = best === null ? undefined : unit.facts.symbols[best];
    if (!known || symbol.startLine >= known.startLine) best = index;
  });
  return best;
}
