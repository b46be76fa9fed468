import type { CallFact } from '../extract/file-facts.js';
import { CallResolver } from '../resolve/call-resolver.js';
import type { LinkedCall } from '../resolve/checker/checked-call.js';
import type { Resolution, SourceUnit } from '../resolve/source-unit.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import { isEcmaScript } from '../syntax/language.js';
import type { EdgeList } from './edge-list.js';
import { moduleId } from './ids.js';

/** On edges of TypeScript and JavaScript that the checker did not look at, for whatever reason. */
const BY_SCOPES = { by: 'scopes' } as const;

/**
 * Calls of a file as edges. Where the checker looked, its word counts, and scopes answer only for calls
 * whose type it could not tell; elsewhere scopes, declared types and unique names do.
 */
export class CallLinker {
  private readonly resolver: CallResolver;

  constructor(
    private readonly table: SymbolTable,
    private readonly checked: ReadonlyMap<string, readonly LinkedCall[]>,
  ) {
    this.resolver = new CallResolver(table);
  }

  link(unit: SourceUnit, edges: EdgeList): void {
    const checked = this.checked.get(unit.path);
    const unknown = checked && this.linkChecked(unit, checked, edges);
    const isUnchecked = checked === undefined && isEcmaScript(unit.facts.language);
    const label = isUnchecked ? BY_SCOPES : undefined;
    for (const call of unit.facts.calls) {
      if (unknown && !unknown.has(siteOf(call.line, call.callee.split('.').at(-1) ?? ''))) continue;
      const found = this.resolver.resolve(unit, call);
      if (!found || (unknown && found.resolution !== 'exact')) continue;
      const to = this.table.id(found.target);
      if (to) addCall(unit, call, to, found.resolution, edges, label);
    }
  }

  /** Adds what the checker resolved and returns the sites it could not tell about. */
  private linkChecked(
    unit: SourceUnit,
    calls: readonly LinkedCall[],
    edges: EdgeList,
  ): Set<string> {
    const unknown = new Set<string>();
    for (const { line, name, outcome, targets } of calls) {
      if (outcome === 'unknown') unknown.add(siteOf(line, name));
      const within = enclosing(unit, line);
      for (const to of targets) addCall(unit, { within, line }, to, 'exact', edges);
    }
    return unknown;
  }
}

function addCall(
  unit: SourceUnit,
  { within, line }: Pick<CallFact, 'within' | 'line'>,
  to: string,
  resolution: Resolution,
  edges: EdgeList,
  label?: typeof BY_SCOPES,
): void {
  const from = within === null ? moduleId(unit.path) : unit.ids[within];
  if (from && from !== to) edges.add('calls', from, to, resolution, line, label);
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
