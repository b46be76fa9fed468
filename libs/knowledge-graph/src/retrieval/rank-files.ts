import type { GraphModule, GraphSymbol, ProjectGraph } from '@hil/contracts';
import { Bm25 } from './bm25.js';
import { rankFrom } from './module-rank.js';
import { termsOf } from './terms.js';

/** A file with how relevant it is to a request, and why. */
export interface RankedFile {
  path: string;
  /** 1 for the most relevant file. */
  score: number;
  reasons: string[];
}

export interface RankOptions {
  /** Paths and symbols that are known to be meant. */
  targets?: readonly string[];
  /** Texts by path, of all or some files; what files say counts for those only. */
  texts?: ReadonlyMap<string, string>;
  limit?: number;
}

/** How much each signal counts; set with bench/retrieval on repositories that its table does not name. */
const WEIGHT = { text: 1, words: 0.6, path: 0.4, graph: 0.2, named: 1 };
/** Modules whose relevance spreads over the graph. */
const SEEDS = 12;

/**
 * Ranks the files of a graph by a request in words: names that the request spells out, BM25 over split identifiers
 * and summaries, over paths, and over texts where they are given, and nearness in the graph to what these found.
 */
export function rankFiles(
  graph: ProjectGraph,
  request: string,
  { targets = [], texts = new Map(), limit = 30 }: RankOptions = {},
): RankedFile[] {
  const symbolsOf = new Map<string, GraphSymbol[]>();
  for (const symbol of graph.symbols) {
    const list = symbolsOf.get(symbol.moduleId);
    if (list === undefined) symbolsOf.set(symbol.moduleId, [symbol]);
    else list.push(symbol);
  }
  const wanted = termsOf(request);
  const words = scores(graph, wanted, (module) =>
    documentOf(module, symbolsOf.get(module.id) ?? []),
  );
  const paths = scores(graph, wanted, ({ path }) => termsOf(path));
  const said = scores(graph, wanted, ({ path }) => termsOf(texts.get(path) ?? ''));
  const named = namedScores(graph, symbolsOf, request, targets);
  const direct = new Map<string, number>();
  for (const { id } of graph.modules) {
    const score =
      WEIGHT.text * (said.get(id) ?? 0) +
      WEIGHT.words * (words.get(id) ?? 0) +
      WEIGHT.path * (paths.get(id) ?? 0) +
      WEIGHT.named * (named.get(id)?.score ?? 0);
    if (score > 0) direct.set(id, score);
  }
  const seeds = [...direct].sort((a, b) => b[1] - a[1]).slice(0, SEEDS);
  const near = normalised(rankFrom(graph, new Map(seeds.map(([id, score]) => [id, score ** 2]))));
  const ranked = graph.modules
    .map((module) => {
      const reasons: string[] = [...(named.get(module.id)?.reasons ?? [])];
      if ((words.get(module.id) ?? 0) > 0.2) reasons.push('its names share words with the request');
      if ((said.get(module.id) ?? 0) > 0.2) reasons.push('its text shares words with the request');
      if ((near.get(module.id) ?? 0) > 0.2 && !direct.has(module.id))
        reasons.push('near relevant files in the graph');
      const score = (direct.get(module.id) ?? 0) + WEIGHT.graph * (near.get(module.id) ?? 0);
      return { path: module.path, score, reasons };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, limit);
  const best = ranked[0]?.score ?? 1;
  return ranked.map((file) => ({ ...file, score: file.score / best }));
}

/** BM25 over the terms of each module; 1 for the best. */
function scores(
  graph: ProjectGraph,
  wanted: readonly string[],
  termsOfModule: (module: GraphModule) => string[],
): Map<string, number> {
  const index = new Bm25();
  for (const module of graph.modules) index.add(termsOfModule(module));
  const found = new Map<string, number>();
  for (const [number, score] of index.search(wanted)) {
    const id = graph.modules[number]?.id;
    if (id !== undefined) found.set(id, score);
  }
  return normalised(found);
}

/** The path counts most, then what others can use, then the rest. */
function documentOf(module: GraphModule, symbols: readonly GraphSymbol[]): string[] {
  const path = termsOf(module.path);
  const terms = [...path, ...path, ...termsOf(module.moduleSummary ?? '')];
  for (const symbol of symbols) {
    const name = termsOf(symbol.name);
    terms.push(...name, ...termsOf(symbol.summary ?? ''));
    if (symbol.isExported) terms.push(...name);
  }
  return terms;
}

/** Files and symbols that the request spells out. */
function namedScores(
  graph: ProjectGraph,
  symbolsOf: ReadonlyMap<string, GraphSymbol[]>,
  request: string,
  targets: readonly string[],
): Map<string, { score: number; reasons: string[] }> {
  const wanted = new Set(targets);
  const identifiers = new Set(
    (request.match(/[A-Za-z_$][\w$]*/g) ?? []).filter(
      // A plain word is a name only when it is written like one.
      (word) => /[a-z][A-Z]|_|\$|^[A-Z][a-z]+[A-Z]/.test(word) || wanted.has(word),
    ),
  );
  for (const [, quoted] of request.matchAll(/[`'"]([\w.$/-]+)[`'"]/g))
    if (quoted !== undefined) identifiers.add(quoted);
  const found = new Map<string, { score: number; reasons: string[] }>();
  for (const module of graph.modules) {
    const file = module.path.slice(module.path.lastIndexOf('/') + 1);
    const reasons: string[] = [];
    let score = 0;
    if (wanted.has(module.path) || request.includes(module.path)) {
      score = 1.5;
      reasons.push('named in the request');
    } else if (file.includes('.') && mentions(request, file)) {
      score = 1;
      reasons.push(`the request names ${file}`);
    }
    const symbols = (symbolsOf.get(module.id) ?? []).filter(
      ({ name }) => identifiers.has(name) || wanted.has(name),
    );
    if (symbols.length > 0) {
      score += 0.8;
      reasons.push(
        `declares ${[...new Set(symbols.map(({ name }) => name))].slice(0, 3).join(', ')}`,
      );
    }
    if (score > 0) found.set(module.id, { score, reasons });
  }
  return found;
}

function mentions(request: string, file: string): boolean {
  const at = request.indexOf(file);
  if (at < 0) return false;
  return !/[\w.-]/.test(request[at - 1] ?? ' ') && !/[\w-]/.test(request[at + file.length] ?? ' ');
}

function normalised(scores: ReadonlyMap<string, number>): Map<string, number> {
  const best = Math.max(...scores.values(), Number.MIN_VALUE);
  return new Map([...scores].map(([id, score]) => [id, score / best]));
}
