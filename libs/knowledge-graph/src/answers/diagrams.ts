import type { GraphModule, ProjectGraph } from '@hil/contracts';
import { GraphQueries } from '../query/graph-queries.js';
import type { GraphAnswer, GraphDiagram } from './answer.js';
import { ambiguousPath, findModules, unknownPath } from './find-node.js';
import { drawFlowchart, type FlowNode } from './mermaid.js';

/** Most boxes a person can still read; 200 were measured to be unreadable. */
const MAX_NODES = 30;
const MAX_FEATURES = 20;

/** `show dependencies of PATH`: what uses the file and what it uses, clustered by folder. */
export function drawDependencies(queries: GraphQueries, path: string): GraphDiagram | GraphAnswer {
  const found = findModules(queries, path);
  const [module] = found;
  if (!module) return unknownPath(queries, path);
  if (found.length > 1) return ambiguousPath(path, found);
  const { callers, callees } = queries.dependencies(module.id);
  const users = unique(
    callers.map((one) => one.module),
    module,
  );
  const used = unique(
    callees.map((one) => one.module),
    module,
  );
  const half = Math.floor((MAX_NODES - 1) / 2);
  const shownUsers = users.slice(0, Math.max(half, MAX_NODES - 1 - used.length));
  const shownUsed = used.slice(0, MAX_NODES - 1 - shownUsers.length);
  const shown = new Map([module, ...shownUsers, ...shownUsed].map((one) => [one.id, one]));
  const nodes: FlowNode[] = [...shown.values()].map((one) => ({
    id: one.id,
    label: one.path.slice(one.path.lastIndexOf('/') + 1),
    cluster: one.path.includes('/') ? one.path.slice(0, one.path.lastIndexOf('/')) : '.',
    marked: one.id === module.id,
  }));
  const edges = [
    ...shownUsers.map((one) => ({ from: one.id, to: module.id })),
    ...shownUsed.map((one) => ({ from: module.id, to: one.id })),
  ];
  return {
    diagram: drawFlowchart('LR', nodes, edges),
    title: `Dependencies of ${module.path}`,
    nodes: nodes.length,
    edges: edges.length,
    truncated: shownUsers.length < users.length || shownUsed.length < used.length,
  };
}

/** `show architecture`: the features (folders) and how many imports run between them. */
export function drawArchitecture(graph: ProjectGraph | GraphQueries): GraphDiagram {
  const { features, modules, edges, project } = graph instanceof GraphQueries ? graph.graph : graph;
  const productive = new Map(
    modules.filter((one) => !one.kind.includes('test')).map((one) => [one.id, one.featureId]),
  );
  const sizes = new Map<string, number>();
  for (const feature of productive.values())
    if (feature) sizes.set(feature, (sizes.get(feature) ?? 0) + 1);
  const ranked = features
    .filter(({ id }) => sizes.has(id))
    .sort((a, b) => (sizes.get(b.id) ?? 0) - (sizes.get(a.id) ?? 0) || (a.path < b.path ? -1 : 1));
  const shown = new Set(ranked.slice(0, MAX_FEATURES).map(({ id }) => id));
  const counts = new Map<string, { from: string; to: string; count: number }>();
  for (const edge of edges) {
    if (edge.type !== 'imports') continue;
    const from = productive.get(edge.from);
    const to = productive.get(edge.to);
    if (!from || !to || from === to || !shown.has(from) || !shown.has(to)) continue;
    const key = `${from} ${to}`;
    const known = counts.get(key) ?? { from, to, count: 0 };
    known.count += 1;
    counts.set(key, known);
  }
  // Two connections a box on average stay readable; the strongest are kept.
  const all = [...counts.values()].sort((a, b) => b.count - a.count);
  const kept = all.slice(0, MAX_FEATURES * 2);
  const nodes = ranked.slice(0, MAX_FEATURES).map(({ id, path }) => ({
    id,
    label: `${path === '.' ? 'root' : path} (${sizes.get(id) ?? 0})`,
    cluster: path.includes('/') ? (path.split('/')[0] ?? null) : null,
    marked: false,
  }));
  return {
    diagram: drawFlowchart(
      'TD',
      nodes,
      kept.map(({ from, to, count }) => ({ from, to, label: String(count) })),
    ),
    title: `Architecture of ${project.name}`,
    nodes: nodes.length,
    edges: kept.length,
    truncated: ranked.length > MAX_FEATURES || all.length > kept.length,
  };
}

function unique(modules: readonly GraphModule[], except: GraphModule): GraphModule[] {
  const counts = new Map<GraphModule, number>();
  for (const one of modules) if (one !== except) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0].path < b[0].path ? -1 : 1))
    .map(([one]) => one);
}
