import { edgeTypeSchema, type GraphEdge } from '@hil/contracts';
import type { Resolution } from '../resolve/source-unit.js';

const WEIGHTS: Readonly<Record<Resolution, number>> = {
  exact: 1,
  typed: 0.9,
  'name-unique': 0.5,
  ambiguous: 0.2,
};

const TYPES = edgeTypeSchema.options;
/** Nodes that a key of `EdgeList` can tell apart: two of them and a type still fit an exact number. */
const MAX_NODES = 2 ** 24;

/** Collects edges, one for each (type, from, to): further lines are added to the first. */
export class EdgeList {
  // Keyed by number: for two million edges, texts as keys would take more memory than the edges.
  private readonly edges = new Map<number, GraphEdge>();
  private readonly nodes = new Map<string, number>();

  add(
    type: GraphEdge['type'],
    from: string,
    to: string,
    resolution: Resolution,
    line?: number,
    more?: Record<string, unknown>,
  ): void {
    const key = (this.node(from) * MAX_NODES + this.node(to)) * TYPES.length + TYPES.indexOf(type);
    const known = this.edges.get(key);
    if (!known) {
      const metadata: GraphEdge['metadata'] =
        line === undefined ? { resolution } : { resolution, line, lines: [line] };
      if (more !== undefined) Object.assign(metadata, more);
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

  private node(id: string): number {
    const known = this.nodes.get(id);
    if (known !== undefined) return known;
    this.nodes.set(id, this.nodes.size);
    return this.nodes.size - 1;
  }

  all(): GraphEdge[] {
    return [...this.edges.values()];
  }
}
