import type { GraphEdge } from '@hil/contracts';
import type { Resolution } from '../resolve/source-unit.js';

const WEIGHTS: Readonly<Record<Resolution, number>> = {
  exact: 1,
  typed: 0.9,
  'name-unique': 0.5,
  ambiguous: 0.2,
};

/** Collects edges, one for each (type, from, to): further lines are added to the first. */
export class EdgeList {
  private readonly edges = new Map<string, GraphEdge>();

  add(
    type: GraphEdge['type'],
    from: string,
    to: string,
    resolution: Resolution,
    line?: number,
    more: Record<string, unknown> = {},
  ): void {
    const key = `${type} ${from} ${to}`;
    const known = this.edges.get(key);
    if (!known) {
      const metadata =
        line === undefined ? { resolution, ...more } : { resolution, line, lines: [line], ...more };
      this.edges.set(key, { from, to, type, weight: WEIGHTS[resolution], metadata });
      return;
    }
    if (WEIGHTS[resolution] > known.weight) {
      known.weight = WEIGHTS[resolution];
      known.metadata['resolution'] = resolution;
    }
    const { lines } = known.metadata;
    if (line !== undefined && Array.isArray(lines) && !lines.includes(line)) lines.push(line);
  }

  all(): GraphEdge[] {
    return [...this.edges.values()];
  }
}
