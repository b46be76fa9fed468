import type { ProjectGraph } from '@hil/contracts';

/** Where the names of an intent point to in the graph. */
export interface Targets {
  /** Module paths, those of named symbols included. */
  paths: string[];
  /** Names of symbols declared there. */
  symbols: string[];
  /** Names that are neither a path nor a symbol of the graph. */
  unknown: string[];
}

/** Finds paths and symbols by the names a person used. A symbol named with a path counts only there. */
export function targetsIn(graph: ProjectGraph, names: readonly string[]): Targets {
  const pathsOfGraph = new Map(graph.modules.map((module) => [module.path, module.id]));
  const named = names.filter((name) => pathsOfGraph.has(name));
  const modules = new Set(named.map((path) => pathsOfGraph.get(path)));
  const paths = new Set(named);
  const symbols: string[] = [];
  const unknown: string[] = [];
  const pathOf = new Map(graph.modules.map((module) => [module.id, module.path]));
  for (const name of names) {
    if (pathsOfGraph.has(name)) continue;
    const found = graph.symbols.filter(
      (symbol) => symbol.name === name && (modules.size === 0 || modules.has(symbol.moduleId)),
    );
    if (found.length === 0) unknown.push(name);
    if (found.length > 0) symbols.push(name);
    for (const symbol of found) {
      paths.add(pathOf.get(symbol.moduleId) ?? '');
    }
  }
  paths.delete('');
  return { paths: [...paths], symbols, unknown };
}
