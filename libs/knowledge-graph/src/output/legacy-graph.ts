import type { ProjectGraph } from '@hil/contracts';

/** One file of the format of the service before this one. */
export interface LegacyFile {
  path: string;
  language: string;
  loc: number;
  /** Import specifiers as written. */
  imports: string[];
  /** Paths of the project's files behind them. */
  depends_on: string[];
  symbols: { name: string; kind: string; line: number; exported: boolean }[];
  endpoints: { method: string; path: string }[];
}

/** The graph by files: `{repo, files}`. */
export interface LegacyGraph {
  repo: { name: string; commit: string; languages: string[]; frameworks: string[] };
  files: LegacyFile[];
}

/** Writes the graph in the older format: files alone, no ids and no edges. */
export function legacyGraph(graph: ProjectGraph): LegacyGraph {
  const { project, gitSha } = graph;
  const paths = new Map(graph.modules.map(({ id, path }) => [id, path]));
  const symbols = groupBy(graph.symbols, (one) => one.moduleId);
  const endpoints = groupBy(graph.endpoints, (one) => one.handlerModuleId);
  return {
    repo: {
      name: project.name,
      commit: gitSha,
      languages: project.languages,
      frameworks: project.frameworks,
    },
    files: graph.modules.map(({ id, path, loc, raw_imports, imports, metadata }) => ({
      path,
      language: String(metadata['language']),
      loc,
      imports: raw_imports,
      depends_on: imports.flatMap((one) => paths.get(one) ?? []),
      symbols: (symbols.get(id) ?? []).map((one) => ({
        name: String(one.metadata['qualified'] ?? one.name),
        kind: one.kind,
        line: Number(one.metadata['startLine']),
        exported: one.isExported,
      })),
      endpoints: (endpoints.get(id) ?? []).map((one) => ({ method: one.method, path: one.path })),
    })),
  };
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of items) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
