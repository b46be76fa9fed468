import type { GraphEndpoint } from '@hil/contracts';
import { isTestPath, testedName } from '../discover/test-files.js';
import { folderOf } from '../discover/project-facts.js';
import { endpointsOf } from '../endpoints/decorator-endpoints.js';
import type { CheckedFile } from '../resolve/checker/checked-call.js';
import type { SymbolTable } from '../resolve/symbol-table.js';
import type { SourceUnit } from '../resolve/source-unit.js';
import { EdgeList } from './edge-list.js';
import { endpointId, moduleId } from './ids.js';
import { CallLinker } from './link-calls.js';
import { breathe } from './link-units.js';

/** Every edge between modules, symbols and endpoints, each labelled with how it was resolved. */
export async function linkEdges(
  table: SymbolTable,
  checked: ReadonlyMap<string, CheckedFile>,
  signal?: AbortSignal,
): Promise<{ edges: EdgeList; endpoints: GraphEndpoint[] }> {
  const edges = new EdgeList();
  const calls = new CallLinker(table, checked);
  const endpoints: GraphEndpoint[] = [];
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
    endpoints.push(...linkEndpoints(unit, edges));
    await breathe((count += 1), signal);
  }
  linkTests(table, edges);
  return { edges, endpoints };
}

function linkHeritage(unit: SourceUnit, table: SymbolTable, edges: EdgeList): void {
  for (const { symbol, name, relation, line } of unit.facts.heritage) {
    const found = table.type(unit, name);
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

function linkEndpoints(unit: SourceUnit, edges: EdgeList): GraphEndpoint[] {
  if (isTestPath(unit.path)) return [];
  const seen = new Map<string, number>();
  return endpointsOf(unit.facts).map(({ method, path, symbol, auth }) => {
    const key = `${method} ${path}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    const id = endpointId(method, path, unit.path, n);
    const handler = symbol === null ? null : (unit.ids[symbol] ?? null);
    edges.add('routes-to', id, handler ?? moduleId(unit.path), 'exact');
    const summary = `${method} ${path} in ${unit.path}`;
    return {
      id,
      method,
      path,
      handlerModuleId: moduleId(unit.path),
      handlerSymbolId: handler,
      auth,
      summary,
    };
  });
}

/** A test file tests the modules it imports, and the one its name says. */
function linkTests(table: SymbolTable, edges: EdgeList): void {
  const byName = new Map<string, string[]>();
  for (const path of table.units.keys()) {
    if (isTestPath(path)) continue;
    const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
    const paths = byName.get(base);
    if (paths) paths.push(path);
    else byName.set(base, [path]);
  }
  for (const unit of table.units.values()) {
    if (!isTestPath(unit.path)) continue;
    const self = moduleId(unit.path);
    for (const { path, resolution } of unit.imports) {
      if (!isTestPath(path)) edges.add('tests', self, moduleId(path), resolution);
    }
    const name = testedName(unit.path);
    const named = (name && byName.get(name)) || [];
    const folder = folderOf(unit.path).replace(/\/?__tests__$/, '');
    const near = named.find((path) => folderOf(path) === folder);
    const [only] = named;
    if (near) edges.add('tests', self, moduleId(near), 'exact');
    else if (only && named.length === 1) edges.add('tests', self, moduleId(only), 'name-unique');
  }
}
