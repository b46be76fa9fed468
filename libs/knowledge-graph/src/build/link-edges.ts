import type { GraphEdge, GraphEndpoint } from '@hil/contracts';
import { linkDatabase } from '../database/link-database.js';
import { findEndpoints, type EndpointSettings } from '../endpoints/find-endpoints.js';
import { CallResolver } from '../resolve/call-resolver.js';
import type { LinkedCall } from '../resolve/checker/checked-call.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import type { SourceUnit } from '../resolve/source-unit.js';
import { EdgeList } from './edge-list.js';
import { endpointId, moduleId } from './ids.js';
import { CallLinker } from './link-calls.js';
import { linkTests } from './link-tests.js';
import { breathe } from './link-units.js';

/** What manifests say that edges depend on. */
export interface LinkSettings extends EndpointSettings {
  /** Models of Prisma schemas by the name the client gives them. */
  prismaModels: ReadonlyMap<string, { name: string; path: string }>;
}

/**
 * Every edge between modules, symbols and endpoints, each labelled with how it was resolved. The calls of a
 * file are let go once they are edges: those of 100,000 files would take more memory than the edges.
 */
export async function linkEdges(
  table: SymbolTable,
  checked: ReadonlyMap<string, readonly LinkedCall[]>,
  settings: LinkSettings,
  signal?: AbortSignal,
): Promise<{ edges: GraphEdge[]; endpoints: GraphEndpoint[] }> {
  const edges = new EdgeList();
  const calls = new CallLinker(table, checked);
  let count = 0;
  for (const unit of table.units.values()) {
    const self = moduleId(unit.path);
    for (const { fact, path, resolution } of unit.imports) {
      edges.add('imports', self, moduleId(path), resolution, fact.line);
    }
    unit.facts.symbols.forEach((symbol, index) => {
      const owner = symbol.parent === null ? self : unit.ids[symbol.parent];
      if (owner) edges.add('contains', owner, unit.ids[index] ?? '', 'exact');
    });
    calls.link(unit, edges);
    linkHeritage(unit, table, edges);
    // The cache may hold the same facts: they are left as they are.
    unit.facts = { ...unit.facts, calls: [] };
    await breathe((count += 1), signal);
  }
  const endpoints = linkEndpoints(table, new CallResolver(table), settings, edges);
  linkDatabase(table, settings.prismaModels, edges);
  linkTests(table, edges);
  return { edges: edges.all(), endpoints };
}

function linkHeritage(unit: SourceUnit, table: SymbolTable, edges: EdgeList): void {
  for (const { symbol, name, relation, line } of unit.facts.heritage) {
    const found = table.type(unit, name, symbol);
    const to = found && table.id(found);
    const from = unit.ids[symbol];
    if (!found || !to || !from || to === from) continue;
    // C# writes both in one list: what the base turned out to be decides.
    const isClass = unit.facts.symbols[symbol]?.kind === 'class';
    const fromInterface = table.symbol(found)?.kind === 'interface';
    const type =
      unit.facts.language === 'csharp' && isClass
        ? fromInterface
          ? 'implements'
          : 'extends'
        : relation;
    edges.add(type, from, to, 'exact', line);
  }
}

function linkEndpoints(
  table: SymbolTable,
  calls: CallResolver,
  settings: EndpointSettings,
  edges: EdgeList,
): GraphEndpoint[] {
  const seen = new Map<string, number>();
  return findEndpoints(table, calls, settings).map((found) => {
    const { method, path, file, line, auth, framework, doubt } = found;
    const key = `${method} ${path}@${file}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    const id = endpointId(method, path, file, n);
    const handler = found.handler && (table.id(found.handler) ?? null);
    edges.add(
      'routes-to',
      id,
      handler ?? moduleId(file),
      doubt === null ? 'exact' : 'ambiguous',
      line,
    );
    const guarded = auth === null ? '' : `, guarded by ${auth}`;
    return {
      id,
      method,
      path,
      handlerModuleId: moduleId(file),
      handlerSymbolId: handler,
      auth,
      summary: `${framework} route in ${file}:${line}${guarded}${doubt === null ? '' : `; ${doubt}`}`,
    };
  });
}
