import type { GraphModule, GraphSymbol, ProjectGraph } from '@hil/contracts';
import { GraphQueries, type Dependency } from '../query/graph-queries.js';
import type { GraphAnswer } from './answer.js';
import {
  ambiguousPath,
  findModules,
  findSymbols,
  unknownPath,
  unknownSymbol,
} from './find-node.js';

/** Longest list in an answer; the sentence before it has the whole number. */
const MAX_LISTED = 50;

/** `who calls X`: the callers of every symbol of that name, with file and line. */
export function whoCalls(queries: GraphQueries, name: string): GraphAnswer {
  const symbols = findSymbols(queries, name);
  if (symbols.length === 0) return unknownSymbol(queries, name);
  const parts: string[] = [];
  const references: GraphAnswer['references'] = [];
  for (const symbol of symbols.slice(0, 10)) {
    const { callers } = queries.dependencies(symbol.id);
    const calls = merged(callers.filter(({ type }) => type === 'calls'));
    const who = new Set(calls.map((one) => one.symbol?.id ?? one.module.id));
    const home = place(queries, symbol);
    references.push(home);
    const count = calls.length === 0 ? 'no resolved caller' : plural(who.size, 'caller');
    parts.push(
      `**${symbol.kind} \`${qualified(symbol)}\`** (${home.path}:${home.line}) has ${count}.`,
    );
    if (calls.length > 0) parts.push(listed(calls));
    references.push(...calls.slice(0, MAX_LISTED).flatMap(referencesOf));
  }
  if (symbols.length > 10)
    parts.push(`${symbols.length - 10} more symbols have that name; use \`Class.name\`.`);
  return { answer: parts.join('\n\n'), references: distinct(references) };
}

/** `what depends on PATH`: direct users with lines, the reach beyond them, and affected tests. */
export function whatDependsOn(queries: GraphQueries, path: string): GraphAnswer {
  return withModule(queries, path, (module) => {
    const direct = merged(queries.dependencies(module.id).callers);
    const files = new Set(direct.map((one) => one.module.path));
    const impacted = queries.impactedModules([module.path]);
    const tests = queries.affectedTests([module.path]);
    const depth = impacted.at(-1)?.depth ?? 0;
    if (direct.length === 0) {
      return {
        answer: `Nothing in the graph depends on \`${module.path}\`.`,
        references: [{ path: module.path }],
      };
    }
    const parts = [
      `\`${module.path}\` is used directly by ${plural(files.size, 'file')} and reaches ${plural(impacted.length, 'module')} in up to ${plural(depth, 'step')}.`,
      listed(direct),
      tests.length > 0
        ? `Affected tests (${tests.length}):\n${bullets(tests.map((one) => `\`${one}\``))}`
        : 'No test reaches it.',
    ];
    return {
      answer: parts.join('\n\n'),
      references: distinct(direct.slice(0, MAX_LISTED).flatMap(referencesOf)),
    };
  });
}

/** `explain PATH`: what the file is, holds, uses and serves. */
export function explainPath(queries: GraphQueries, path: string): GraphAnswer {
  return withModule(queries, path, (module) => {
    const symbols = queries.symbolsOf(module);
    const top = symbols.filter((one) => one.metadata['parent'] === null);
    const { callers, callees } = queries.dependencies(module.id);
    const endpoints = queries.endpointsOf(module);
    const users = new Set(callers.map((one) => one.module.path));
    const used = [...new Set(callees.map((one) => one.module.path))];
    const framework = module.framework ? `, ${module.framework}` : '';
    const parts = [
      `**\`${module.path}\`**: ${module.kind.join(', ')} (${String(module.metadata['language'])}${framework}, ${plural(module.loc, 'line')}).`,
    ];
    if (module.moduleSummary) parts.push(module.moduleSummary);
    if (top.length > 0) {
      parts.push(
        `Declares:\n${bullets(top.map((one) => `\`${one.signature}\` ${lines(one)}${one.isExported ? ', exported' : ''}`))}`,
      );
    }
    if (endpoints.length > 0)
      parts.push(`Endpoints:\n${bullets(endpoints.map((one) => `\`${one.method} ${one.path}\``))}`);
    if (used.length > 0) parts.push(`Uses:\n${bullets(used.map((one) => `\`${one}\``))}`);
    const outside = module.raw_imports.filter((one) => !/^[./]/.test(one));
    if (outside.length > 0)
      parts.push(
        `Names in its imports: ${outside
          .slice(0, 20)
          .map((one) => `\`${one}\``)
          .join(', ')}.`,
      );
    parts.push(
      users.size > 0 ? `Used by ${plural(users.size, 'file')}.` : 'No other file uses it.',
    );
    const references = [
      { path: module.path },
      ...top.slice(0, MAX_LISTED).map((one) => place(queries, one)),
    ];
    return { answer: parts.join('\n\n'), references: distinct(references) };
  });
}

/** `what is this project`: languages, frameworks, size, features, ways in, endpoints. */
export function describeProject(graph: ProjectGraph | GraphQueries): GraphAnswer {
  const queries = graph instanceof GraphQueries ? graph : new GraphQueries(graph);
  const { project, modules, symbols, endpoints, features } = queries.graph;
  const tests = queries.modulesByKind('test').length;
  const entries = queries.entryPoints();
  const parts = [
    `**${project.name}**: ${project.summary}`,
    bullets([
      `Languages: ${project.languages.join(', ') || 'none that are read'}`,
      `Frameworks: ${project.frameworks.join(', ') || 'none recognised'}`,
      `Build tools: ${project.buildTools.join(', ') || 'none recognised'}`,
      `Size: ${modules.length} modules (${tests} tests), ${symbols.length} symbols, ${endpoints.length} endpoints`,
    ]),
  ];
  const largest = [...features]
    .sort((a, b) => b.moduleIds.length - a.moduleIds.length)
    .slice(0, 12);
  if (largest.length > 0)
    parts.push(
      `Main folders:\n${bullets(largest.map((one) => `\`${one.path}\`: ${plural(one.moduleIds.length, 'module')}`))}`,
    );
  if (entries.length > 0)
    parts.push(
      `Entry points:\n${bullets(
        entries.map((one) => `\`${one.path}\``),
        10,
      )}`,
    );
  if (endpoints.length > 0)
    parts.push(
      `Endpoints:\n${bullets(
        endpoints.map((one) => `\`${one.method} ${one.path}\``),
        20,
      )}`,
    );
  return {
    answer: parts.join('\n\n'),
    references: entries.slice(0, 10).map(({ path }) => ({ path })),
  };
}

function withModule(
  queries: GraphQueries,
  path: string,
  answer: (module: GraphModule) => GraphAnswer,
): GraphAnswer {
  const found = findModules(queries, path);
  const [only] = found;
  if (!only) return unknownPath(queries, path);
  return found.length === 1 ? answer(only) : ambiguousPath(path, found);
}

/** One for what depends in the same way on several members, or twice in a line, with the lines of all. */
function merged(dependencies: readonly Dependency[]): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const one of dependencies) {
    const key = [one.module.id, one.symbol?.id, one.type, one.resolution].join('\n');
    const at = new Set([...(found.get(key)?.lines ?? []), ...one.lines]);
    found.set(key, { ...one, lines: [...at].sort((a, b) => a - b) });
  }
  return [...found.values()];
}

/** Each place once: an import and a call, say, may be at the same. */
function distinct(references: GraphAnswer['references']): GraphAnswer['references'] {
  const places = references.map(
    (one) => [[one.path, one.line, one.symbol].join('\n'), one] as const,
  );
  return [...new Map(places).values()];
}

function listed(dependencies: readonly Dependency[]): string {
  return bullets(
    dependencies.map(({ module, symbol, lines: at, type, resolution }) => {
      const who = symbol ? ` in \`${qualified(symbol)}\`` : '';
      const guess = resolution === 'exact' ? '' : ` (${type}, ${resolution})`;
      return `\`${module.path}${at.length > 0 ? `:${at.slice(0, 8).join(',')}` : ''}\`${who}${guess || ` (${type})`}`;
    }),
  );
}

function bullets(items: readonly string[], max = MAX_LISTED): string {
  const shown = items.slice(0, max).map((one) => `- ${one}`);
  if (items.length > max) shown.push(`- and ${items.length - max} more`);
  return shown.join('\n');
}

function referencesOf({ module, symbol, lines: at }: Dependency): GraphAnswer['references'] {
  const name = symbol ? { symbol: qualified(symbol) } : {};
  if (at.length === 0) return [{ path: module.path, ...name }];
  return at.map((line) => ({ path: module.path, line, ...name }));
}

function place(
  queries: GraphQueries,
  symbol: GraphSymbol,
): { path: string; line: number; symbol: string } {
  const path = symbol.moduleId.replace(/^mod:/, '');
  return {
    path: queries.module(path)?.path ?? path,
    line: Number(symbol.metadata['startLine'] ?? 1),
    symbol: qualified(symbol),
  };
}

function qualified(symbol: GraphSymbol): string {
  return String(symbol.metadata['qualified'] ?? symbol.name);
}

function lines(symbol: GraphSymbol): string {
  return `(lines ${String(symbol.metadata['startLine'])}-${String(symbol.metadata['endLine'])})`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
