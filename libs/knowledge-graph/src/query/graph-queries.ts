import type {
  GraphEdge,
  GraphEndpoint,
  GraphModule,
  GraphSymbol,
  ProjectGraph,
} from '@hil/contracts';
import { push, shortestPath } from './adjacency.js';
import { globToRegExp } from './glob.js';

/** A symbol or module that depends on another, with the lines where it does. */
export interface Dependency {
  module: GraphModule;
  symbol: GraphSymbol | null;
  type: GraphEdge['type'];
  lines: number[];
  resolution: string;
}

export interface Dependencies {
  /** What depends on the node. */
  callers: Dependency[];
  /** What the node depends on. */
  callees: Dependency[];
}

/** Edges that carry a change from their target back to their source. */
const DEPENDS: ReadonlySet<string> = new Set(['imports', 'calls', 'extends', 'implements']);

/** Answers questions about one graph; indexes are built once, results are in path order. */
export class GraphQueries {
  private readonly modules = new Map<string, GraphModule>();
  private readonly byPath = new Map<string, GraphModule>();
  private readonly symbols = new Map<string, GraphSymbol>();
  private readonly members = new Map<string, GraphSymbol[]>();
  private readonly outgoing = new Map<string, GraphEdge[]>();
  private readonly incoming = new Map<string, GraphEdge[]>();

  constructor(readonly graph: ProjectGraph) {
    for (const one of graph.modules) {
      this.modules.set(one.id, one);
      this.byPath.set(one.path, one);
    }
    for (const one of graph.symbols) {
      this.symbols.set(one.id, one);
      push(this.members, one.moduleId, one);
    }
    for (const edge of graph.edges) {
      push(this.outgoing, edge.from, edge);
      push(this.incoming, edge.to, edge);
    }
  }

  module(path: string): GraphModule | undefined {
    return this.byPath.get(path.replace(/^\.\//, ''));
  }

  symbol(id: string): GraphSymbol | undefined {
    return this.symbols.get(id);
  }

  /** Modules tagged by kind, framework or language. */
  modulesByTag(tag: string): GraphModule[] {
    const wanted = tag.toLowerCase();
    return this.graph.modules.filter(
      (one) =>
        one.kind.includes(wanted) ||
        one.framework === wanted ||
        one.metadata['language'] === wanted,
    );
  }

  modulesByKind(kind: string): GraphModule[] {
    return this.graph.modules.filter((one) => one.kind.includes(kind.toLowerCase()));
  }

  /** Modules whose path fits a glob (`*`, `**`, `?`, `{a,b}`). */
  modulesByPathPattern(glob: string): GraphModule[] {
    const pattern = globToRegExp(glob);
    return this.graph.modules.filter((one) => pattern.test(one.path));
  }

  /** Modules by file name, with or without extension. */
  modulesByFilename(name: string): GraphModule[] {
    return this.graph.modules.filter(({ path }) => {
      const file = path.slice(path.lastIndexOf('/') + 1);
      return file === name || file.replace(/\.\w+$/, '') === name;
    });
  }

  /** Symbols by name (`find`) or dotted name (`Service.find`). */
  symbolsByName(name: string): GraphSymbol[] {
    const dotted = name.includes('.');
    return this.graph.symbols.filter((one) =>
      dotted ? one.metadata['qualified'] === name : one.name === name,
    );
  }

  symbolInFile(path: string, name: string): GraphSymbol | undefined {
    const module = this.module(path);
    const symbols = module ? this.symbolsOf(module) : [];
    return (
      symbols.find((one) => one.metadata['qualified'] === name) ??
      symbols.find((one) => one.name === name)
    );
  }

  symbolsOf(module: GraphModule): GraphSymbol[] {
    return this.members.get(module.id) ?? [];
  }

  /** The package that offers a symbol, or the class it is a member of, to who installs it; else null. */
  publicApi(symbol: GraphSymbol): string | null {
    if (symbol.visibility === 'private') return null;
    const { publicApi, parent } = symbol.metadata;
    if (typeof publicApi === 'string') return publicApi;
    const outer = typeof parent === 'string' ? this.symbols.get(parent) : undefined;
    return outer === undefined ? null : this.publicApi(outer);
  }

  endpointsByPathPattern(glob: string): GraphEndpoint[] {
    const pattern = globToRegExp(glob);
    return this.graph.endpoints.filter((one) => pattern.test(one.path));
  }

  endpointsOf(module: GraphModule): GraphEndpoint[] {
    return this.graph.endpoints.filter((one) => one.handlerModuleId === module.id);
  }

  /** Who depends on a module or symbol (by id), and on what it depends; its members are included. */
  dependencies(id: string): Dependencies {
    const inside = this.withMembers(id);
    const within = new Set(inside);
    const read = (edges: Map<string, GraphEdge[]>, other: 'from' | 'to'): Dependency[] =>
      inside
        .flatMap((one) => edges.get(one) ?? [])
        .filter((edge) => DEPENDS.has(edge.type) && !within.has(edge[other]))
        .flatMap((edge) => this.dependency(edge, edge[other]))
        .sort(
          (a, b) => compare(a.module.path, b.module.path) || (a.lines[0] ?? 0) - (b.lines[0] ?? 0),
        );
    return { callers: read(this.incoming, 'from'), callees: read(this.outgoing, 'to') };
  }

  private dependency(edge: GraphEdge, end: string): Dependency[] {
    const module = this.moduleOf(end);
    if (!module) return [];
    const lines = edge.metadata['lines'];
    return [
      {
        module,
        symbol: this.symbols.get(end) ?? null,
        type: edge.type,
        lines: Array.isArray(lines) ? lines.filter((line) => typeof line === 'number') : [],
        resolution: String(edge.metadata['resolution']),
      },
    ];
  }

  private moduleOf(id: string): GraphModule | undefined {
    return this.modules.get(id) ?? this.modules.get(this.symbols.get(id)?.moduleId ?? '');
  }

  private withMembers(id: string): string[] {
    const ids = [id];
    for (const one of ids) {
      for (const edge of this.outgoing.get(one) ?? [])
        if (edge.type === 'contains') ids.push(edge.to);
    }
    return ids;
  }

  /**
   * Modules that depend on the targets, directly or through others, nearest first. `depth` is the
   * shortest distance in import, call and inheritance edges between modules.
   */
  impactedModules(
    paths: readonly string[],
    maxDepth = Infinity,
  ): { module: GraphModule; depth: number }[] {
    const depths = new Map<string, number>();
    let front = paths.flatMap((path) => this.module(path)?.id ?? []);
    for (const id of front) depths.set(id, 0);
    for (let depth = 1; depth <= maxDepth && front.length > 0; depth += 1) {
      const next: string[] = [];
      for (const id of front) {
        for (const dependent of this.dependents(id)) {
          if (depths.has(dependent)) continue;
          depths.set(dependent, depth);
          next.push(dependent);
        }
      }
      front = next;
    }
    return [...depths]
      .filter(([, depth]) => depth > 0)
      .flatMap(([id, depth]) => {
        const module = this.modules.get(id);
        return module ? [{ module, depth }] : [];
      })
      .sort((a, b) => a.depth - b.depth || compare(a.module.path, b.module.path));
  }

  /** Modules one step up. Guesses (ambiguous, name-unique) do not carry impact further. */
  private dependents(moduleId: string): Set<string> {
    const found = new Set<string>();
    const ids = [moduleId, ...(this.members.get(moduleId) ?? []).map(({ id }) => id)];
    for (const edge of ids.flatMap((id) => this.incoming.get(id) ?? [])) {
      if (!DEPENDS.has(edge.type) || edge.weight <= 0.5) continue;
      const from = this.moduleOf(edge.from)?.id;
      if (from && from !== moduleId) found.add(from);
    }
    return found;
  }

  /** Test files that test a target or a module it impacts, nearest first. */
  affectedTests(paths: readonly string[]): string[] {
    const tests = new Set(paths.filter((path) => this.module(path)?.kind.includes('test')));
    const reached = [
      ...paths.flatMap((path) => this.module(path) ?? []),
      ...this.impactedModules(paths).map(({ module }) => module),
    ];
    for (const module of reached) {
      if (module.kind.includes('test')) tests.add(module.path);
      for (const edge of this.incoming.get(module.id) ?? []) {
        const test = edge.type === 'tests' ? this.modules.get(edge.from) : undefined;
        if (test) tests.add(test.path);
      }
    }
    return [...tests];
  }

  entryPoints(): GraphModule[] {
    return this.graph.modules.filter(
      (one) => one.metadata['isEntryPoint'] === true && !one.kind.includes('test'),
    );
  }

  /** The shortest chain of edges from one node to another (ids), or null; breadth first. */
  pathBetween(from: string, to: string): GraphEdge[] | null {
    return shortestPath(this.outgoing, from, to);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
