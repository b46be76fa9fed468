/**
 * The strongly connected components of a graph, each after those it points to (Tarjan 1972, with a stack of
 * its own, as imports form chains longer than the call stack).
 */
export function componentsOf(
  nodes: readonly string[],
  targetsOf: (node: string) => readonly string[],
): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const components: string[][] = [];
  const enter = (node: string): { node: string; targets: readonly string[]; at: number } => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, targets: targetsOf(node), at: 0 };
  };
  const lower = (node: string, to = Infinity): void =>
    void lowest.set(node, Math.min(lowest.get(node) ?? Infinity, to));
  for (const start of nodes) {
    if (order.has(start)) continue;
    const path = [enter(start)];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const target = step.targets[step.at];
      if (target !== undefined) {
        step.at += 1;
        if (!order.has(target)) path.push(enter(target));
        else if (isOpen.has(target)) lower(step.node, order.get(target));
        continue;
      }
      path.pop();
      const around = path.at(-1);
      if (around) lower(around.node, lowest.get(step.node));
      if (lowest.get(step.node) !== order.get(step.node)) continue;
      const component = open.splice(open.lastIndexOf(step.node));
      for (const one of component) isOpen.delete(one);
      components.push(component);
    }
  }
  return components;
}
