import type { GraphModule, ProjectGraph } from '@hil/contracts';

export interface GraphShape {
  /** Write `summaries` for features and for hubs, from what the graph knows; no model is asked. */
  generateSummaries: boolean;
  /** From how many importing or imported modules on a module is a hub. */
  fanThreshold: number;
  includeFeatures: boolean;
}

/** The graph as a client asked for it: hubs marked, summaries written, features kept or left out. */
export function shapeGraph(graph: ProjectGraph, shape: GraphShape): ProjectGraph {
  const fans = fanOf(graph);
  const modules = graph.modules.map((one): GraphModule => {
    const { fanIn, fanOut } = fans.get(one.id) ?? { fanIn: 0, fanOut: 0 };
    const isHub = Math.max(fanIn, fanOut) >= shape.fanThreshold;
    return {
      ...one,
      featureId: shape.includeFeatures ? one.featureId : null,
      metadata: { ...one.metadata, fanIn, fanOut, isHub },
    };
  });
  const featureIds = new Set(graph.features.map(({ id }) => id));
  const shaped: ProjectGraph = {
    ...graph,
    modules,
    features: shape.includeFeatures ? graph.features : [],
    edges: shape.includeFeatures
      ? graph.edges
      : graph.edges.filter(({ from }) => !featureIds.has(from)),
  };
  return shape.generateSummaries ? { ...shaped, summaries: summariesOf(shaped) } : shaped;
}

function fanOf(graph: ProjectGraph): Map<string, { fanIn: number; fanOut: number }> {
  const fans = new Map(graph.modules.map(({ id }) => [id, { fanIn: 0, fanOut: 0 }]));
  for (const { from, to, type, metadata } of graph.edges) {
    if (type !== 'imports' || metadata['resolution'] === 'ambiguous') continue;
    const [source, target] = [fans.get(from), fans.get(to)];
    if (source) source.fanOut += 1;
    if (target) target.fanIn += 1;
  }
  return fans;
}

function summariesOf(graph: ProjectGraph): Record<string, string> {
  const summaries: Record<string, string> = { [graph.project.id]: graph.project.summary };
  const byId = new Map(graph.modules.map((one) => [one.id, one]));
  const declared = new Map<string, string[]>();
  for (const { moduleId, name, isExported, metadata } of graph.symbols) {
    if (!isExported || metadata['parent'] !== null) continue;
    const names = declared.get(moduleId);
    if (names) names.push(name);
    else declared.set(moduleId, [name]);
  }
  const served = new Map<string, number>();
  for (const { handlerModuleId } of graph.endpoints)
    served.set(handlerModuleId, (served.get(handlerModuleId) ?? 0) + 1);
  for (const one of graph.modules) {
    if (one.metadata['isHub'] !== true) continue;
    const names = declared.get(one.id) ?? [];
    const parts = [
      one.moduleSummary || `${one.kind.join(', ')} of ${one.loc} lines`,
      names.length > 0
        ? `offers ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
        : '',
      served.has(one.id) ? `serves ${served.get(one.id)} endpoints` : '',
      `used by ${String(one.metadata['fanIn'])} and uses ${String(one.metadata['fanOut'])} modules`,
    ];
    summaries[one.id] = parts.filter((part) => part !== '').join('; ');
  }
  for (const { id, name, moduleIds } of graph.features) {
    const modules = moduleIds.flatMap((moduleId) => byId.get(moduleId) ?? []);
    const kinds = new Map<string, number>();
    for (const kind of modules.flatMap((one) => one.kind))
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const top = [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 4);
    summaries[id] = `${name}: ${top.map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
  }
  return summaries;
}
