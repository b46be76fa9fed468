import type { GraphEdge, ProjectGraph } from '@hil/contracts';

const DAMPING = 0.6;
const ROUNDS = 12;

/** How much of a module's relevance goes along an edge. */
const WEIGHTS: Partial<Record<GraphEdge['type'], number>> = {
  imports: 1,
  calls: 1,
  extends: 1.5,
  implements: 1.5,
  tests: 1,
  'routes-to': 1,
  'uses-db': 0.5,
};

/**
 * Personalised PageRank over modules (Page et al. 1999, restart at the seeds): what is near many relevant
 * modules is relevant too. Edges count in both directions, since a change reaches callers as well as callees.
 * @param seeds module id to weight
 */
export function rankFrom(
  graph: ProjectGraph,
  seeds: ReadonlyMap<string, number>,
): Map<string, number> {
  const neighbours = adjacency(graph);
  const total = [...seeds.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return new Map();
  const restart = new Map([...seeds].map(([id, weight]) => [id, weight / total]));
  let rank = new Map(restart);
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = new Map([...restart].map(([id, weight]) => [id, weight * (1 - DAMPING)]));
    for (const [id, share] of rank) {
      const edges = neighbours.get(id);
      if (edges === undefined) continue;
      const out = [...edges.values()].reduce((sum, weight) => sum + weight, 0);
      for (const [to, weight] of edges)
        next.set(to, (next.get(to) ?? 0) + (DAMPING * share * weight) / out);
    }
    rank = next;
  }
  return rank;
}

function adjacency(graph: ProjectGraph): Map<string, Map<string, number>> {
  const moduleOf = new Map(graph.symbols.map((symbol) => [symbol.id, symbol.moduleId]));
  const neighbours = new Map<string, Map<string, number>>();
  const link = (from: string, to: string, weight: number): void => {
    const edges = neighbours.get(from) ?? new Map<string, number>();
    // Many calls between two files make them nearer, but not a hundred times.
    edges.set(to, Math.min(4, (edges.get(to) ?? 0) + weight));
    neighbours.set(from, edges);
  };
  for (const edge of graph.edges) {
    const kind = WEIGHTS[edge.type];
    if (kind === undefined) continue;
    const from = moduleOf.get(edge.from) ?? edge.from;
    const to = moduleOf.get(edge.to) ?? edge.to;
    if (from === to) continue;
    const weight = kind * edge.weight;
    link(from, to, weight);
    link(to, from, weight);
  }
  return neighbours;
}
