import type { GraphModule, GraphSymbol, Impact, ProjectGraph } from '@hil/contracts';
import { GraphQueries, type Dependency } from '../query/graph-queries.js';
import { alwaysAsk, shortList } from './always-ask.js';

export interface ImpactTargets {
  /** Paths the change starts from. */
  targets: readonly string[];
  /** Names inside them, when the change is about these alone. */
  symbols?: readonly string[];
  /** Other files the plan edits. */
  plannedFiles?: readonly string[];
}

/** Longest lists on an approval card; `counts` has the whole. */
const MAX_LISTED = 200;

/**
 * What a change reaches and how risky that is: the sum of points for fan-in, reach, endpoints,
 * public symbols, missing tests and files that always need a person, capped at 100. From 60 on the
 * risk is high, from 30 on medium.
 */
export function assessImpact(graph: ProjectGraph | GraphQueries, change: ImpactTargets): Impact {
  const queries = graph instanceof GraphQueries ? graph : new GraphQueries(graph);
  const paths = [...new Set([...change.targets, ...(change.plannedFiles ?? [])])];
  const modules = paths.flatMap((path) => queries.module(path) ?? []);
  const sources = modules.filter((one) => !one.kind.includes('test'));
  const symbols = namedSymbols(queries, modules, change.symbols ?? []);
  const callers = callersOf(queries, modules, symbols);
  const impacted = queries.impactedModules(paths);
  const reached = [
    ...modules,
    ...impacted.filter(({ depth }) => depth <= 2).map(({ module }) => module),
  ];
  const endpoints = reached.flatMap((one) => queries.endpointsOf(one));
  const tests = queries.affectedTests(paths);
  const covered = sources.filter((one) => queries.affectedTests([one.path]).length > 0);
  const exported = (
    symbols.length > 0 ? symbols : sources.flatMap((one) => queries.symbolsOf(one))
  ).filter((one) => one.isExported);
  const productive = impacted.filter(({ module }) => !module.kind.includes('test')).length;

  const reasons: string[] = [];
  let score = 0;
  const count = (points: number, reason: string): void => {
    if (points <= 0) return;
    score += points;
    reasons.push(reason);
  };
  const callerFiles = new Set(callers.map(({ module }) => module.path));
  count(
    Math.min(20, callerFiles.size * 2),
    `Used directly in ${plural(callerFiles.size, 'other file')}`,
  );
  count(
    Math.min(20, Math.ceil(productive / 2)),
    `Reaches ${plural(productive, 'module')}, directly or through others`,
  );
  const distinct = new Set(endpoints.map(({ method, path }) => `${method} ${path}`));
  count(
    Math.min(20, distinct.size * 4),
    `May change the behaviour of ${plural(distinct.size, 'endpoint')}: ${shortList([...distinct])}`,
  );
  if (callers.length > 0) {
    count(Math.min(10, exported.length), `Touches ${plural(exported.length, 'exported symbol')}`);
  }
  const offered = exported.filter((one) => queries.publicApi(one) !== null);
  const libraries = [...new Set(offered.map((one) => queries.publicApi(one) ?? ''))];
  count(
    offered.length > 0 ? 15 : 0,
    `Part of the public API of ${shortList(libraries)} (${shortList(offered.map(({ name }) => name))}): who uses it outside this repository is not in the graph`,
  );
  const bare = sources.filter((one) => !covered.includes(one));
  count(bare.length > 0 ? 15 : 0, `No test reaches ${shortList(bare.map(({ path }) => path))}`);
  count(Math.min(10, Math.max(0, paths.length - 1) * 2), `Edits ${plural(paths.length, 'file')}`);
  const always = alwaysAsk(paths, { migrations: true });
  for (const reason of always.reasons) count(30, reason);
  const unknown = paths.filter((path) => !queries.module(path));
  if (unknown.length > 0)
    reasons.push(`Not in the code graph, so its reach is unknown: ${shortList(unknown)}`);
  if (tests.length > 0) reasons.push(`Covered by ${plural(tests.length, 'test file')}`);
  if (score === 0 && reasons.length === 0)
    reasons.push('Nothing in the graph depends on the changed files');
  score = Math.min(100, score);

  const lists = { impacted, callers, endpoints: [...distinct], tests };
  return {
    risk: score >= 60 ? 'high' : score >= 30 ? 'medium' : 'low',
    score,
    reasons,
    targets: [...change.targets],
    impacted: impacted
      .slice(0, MAX_LISTED)
      .map(({ module, depth }) => ({ path: module.path, depth })),
    callers: callers.slice(0, MAX_LISTED).map(({ module, symbol, lines }) => ({
      path: module.path,
      ...(lines[0] === undefined ? {} : { line: lines[0] }),
      ...(symbol ? { symbol: String(symbol.metadata['qualified'] ?? symbol.name) } : {}),
    })),
    endpoints: dedupe(endpoints).slice(0, MAX_LISTED),
    affected_tests: tests.slice(0, MAX_LISTED),
    truncated: Object.values(lists).some((list) => list.length > MAX_LISTED),
    counts: {
      impacted: impacted.length,
      callers: callers.length,
      endpoints: distinct.size,
      affected_tests: tests.length,
    },
  };
}

function namedSymbols(
  queries: GraphQueries,
  modules: readonly GraphModule[],
  names: readonly string[],
): GraphSymbol[] {
  return names.flatMap((name) => {
    const inside = modules.flatMap((one) => queries.symbolInFile(one.path, name) ?? []);
    return inside.length > 0 || modules.length > 0 ? inside : queries.symbolsByName(name);
  });
}

function callersOf(
  queries: GraphQueries,
  modules: readonly GraphModule[],
  symbols: readonly GraphSymbol[],
): Dependency[] {
  const ids = symbols.length > 0 ? symbols.map(({ id }) => id) : modules.map(({ id }) => id);
  const changed = new Set(modules.map(({ id }) => id));
  const callers = ids.flatMap((id) => queries.dependencies(id).callers);
  return symbols.length > 0 ? callers : callers.filter(({ module }) => !changed.has(module.id));
}

function dedupe(
  endpoints: readonly { method: string; path: string }[],
): { method: string; path: string }[] {
  const seen = new Map(
    endpoints.map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  );
  return [...seen.values()];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
