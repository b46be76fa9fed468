import type { ProjectGraph } from '@hil/contracts';
import type { EditContext } from '../operations/edit-context.js';
import { wordPattern } from './look-alikes.js';

/** How a reference of the graph was resolved when it can be relied on. */
const CERTAIN: ReadonlySet<unknown> = new Set(['exact', 'typed']);

/**
 * Files in which the graph knows a reference to a symbol, that have its name, and in which a rename changes
 * nothing: one of the two is mistaken, so a person is told.
 * @param edited paths that the rename changes
 */
export async function unconfirmedFiles(
  { path, symbol }: { path: string; symbol: string },
  edited: ReadonlySet<string>,
  context: EditContext,
): Promise<string[]> {
  const name = wordPattern(symbol.split('.').at(-1) ?? symbol);
  const found: string[] = [];
  for (const file of referringFiles(context.graph, path, symbol)) {
    if (edited.has(file)) continue;
    const text = await context.overlay.tryRead(file).catch(() => null);
    if (text !== null && text.search(name) !== -1) found.push(file);
  }
  return found.sort();
}

function referringFiles(graph: ProjectGraph, path: string, symbol: string): Set<string> {
  const home = graph.modules.find((module) => module.path === path)?.id;
  const targets = new Set(
    graph.symbols
      .filter(
        ({ id, moduleId }) => moduleId === home && id.slice(id.lastIndexOf('#') + 1) === symbol,
      )
      .map(({ id }) => id),
  );
  const moduleOf = new Map(graph.symbols.map(({ id, moduleId }) => [id, moduleId]));
  const paths = new Map(graph.modules.map(({ id, path: file }) => [id, file]));
  const files = new Set<string>();
  for (const { from, to, type, metadata } of graph.edges) {
    if (!targets.has(to) || type === 'contains' || !CERTAIN.has(metadata['resolution'])) continue;
    const file = paths.get(moduleOf.get(from) ?? from);
    if (file !== undefined) files.add(file);
  }
  return files;
}
