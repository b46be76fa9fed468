import type { GraphModule, GraphSymbol } from '@hil/contracts';
import type { GraphQueries } from '../query/graph-queries.js';
import { nearestNames } from '../query/nearest-names.js';
import type { GraphAnswer } from './answer.js';

/** The modules a person means by a path, a path ending, or a file name. */
export function findModules(queries: GraphQueries, path: string): GraphModule[] {
  const exact = queries.module(path);
  if (exact) return [exact];
  const ending = queries.graph.modules.filter((one) => one.path.endsWith(`/${path}`));
  return ending.length > 0 ? ending : queries.modulesByFilename(path);
}

/** The symbols a person means by `name`, `Class.name` or `name()`. */
export function findSymbols(queries: GraphQueries, name: string): GraphSymbol[] {
  return queries.symbolsByName(name.replace(/\(\)$/, ''));
}

export function unknownPath(queries: GraphQueries, path: string): GraphAnswer {
  const near = nearestNames(
    path,
    queries.graph.modules.map((one) => one.path),
  );
  const base = path.slice(path.lastIndexOf('/') + 1);
  const names = near.length > 0 ? near : pathsOfNames(queries, base);
  return notFound(`No source file \`${path}\` is in the graph`, names);
}

function pathsOfNames(queries: GraphQueries, base: string): string[] {
  const byName = new Map(
    queries.graph.modules.map(({ path }) => [path.slice(path.lastIndexOf('/') + 1), path]),
  );
  return nearestNames(base, byName.keys()).flatMap((name) => byName.get(name) ?? []);
}

export function unknownSymbol(queries: GraphQueries, name: string): GraphAnswer {
  const near = nearestNames(
    name,
    queries.graph.symbols.map((one) => one.name),
  );
  return notFound(`No symbol \`${name}\` is in the graph`, near);
}

export function ambiguousPath(path: string, modules: readonly GraphModule[]): GraphAnswer {
  const shown = modules.slice(0, 10);
  return {
    answer: `\`${path}\` fits ${modules.length} files; name one of them:\n\n${shown.map((one) => `- \`${one.path}\``).join('\n')}`,
    references: shown.map((one) => ({ path: one.path })),
  };
}

function notFound(statement: string, near: readonly string[]): GraphAnswer {
  const hint =
    near.length > 0 ? ` Did you mean ${near.map((one) => `\`${one}\``).join(', ')}?` : '';
  return { answer: `${statement}.${hint}`, references: [] };
}
