import type { ProjectGraph } from '@hil/contracts';

const MAX_TESTS = 50;

/** Test files that are among the changed ones or reach one of them by imports, nearest first. */
export function affectedTests(graph: ProjectGraph, changed: readonly string[]): string[] {
  const byPath = new Map(graph.modules.map((module) => [module.path, module]));
  const byId = new Map(graph.modules.map((module) => [module.id, module]));
  const importers = new Map<string, string[]>();
  for (const { type, from, to } of graph.edges) {
    if (type === 'imports' || type === 'tests')
      importers.set(to, [...(importers.get(to) ?? []), from]);
  }
  const queue = changed.flatMap((path) => byPath.get(path)?.id ?? []);
  const seen = new Set(queue);
  const tests: string[] = [];
  for (const id of queue) {
    const module = byId.get(id);
    if (module?.kind.includes('test')) tests.push(module.path);
    for (const next of importers.get(id) ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return tests.slice(0, MAX_TESTS);
}
