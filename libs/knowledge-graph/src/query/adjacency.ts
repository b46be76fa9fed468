import type { GraphEdge } from '@hil/contracts';

/** Adds a value to the list under a key. */
export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The shortest chain of edges from one node to another (ids), or null; breadth first. */
export function shortestPath(
  outgoing: ReadonlyMap<string, readonly GraphEdge[]>,
  from: string,
  to: string,
): GraphEdge[] | null {
  const via = new Map<string, GraphEdge | null>([[from, null]]);
  const queue = [from];
  for (const id of queue) {
    if (id === to) break;
    for (const edge of outgoing.get(id) ?? []) {
      if (via.has(edge.to)) continue;
      via.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  if (!via.has(to)) return null;
  const path: GraphEdge[] = [];
  for (let edge = via.get(to); edge; edge = via.get(edge.from)) path.unshift(edge);
  return path;
}
