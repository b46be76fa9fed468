import type { ProjectGraph } from '@hil/contracts';

/** Modules, symbols and edges that are kept at most: about 330 bytes each, so some 330 MB. */
const MAX_ITEMS = 1_000_000;

/**
 * The graphs that runs in this process have used last. The stages of a run follow each other within
 * moments; without this, each would read the stored graph anew, which takes a second of CPU for 10,000
 * files. A graph is never changed once it is built, so sharing the object is safe.
 */
export class RecentGraphs {
  private readonly graphs = new Map<string, ProjectGraph>();
  private items = 0;

  constructor(private readonly maxItems = MAX_ITEMS) {}

  /** The graph of a commit as this run has it. */
  get(runId: string, sha: string): ProjectGraph | undefined {
    const key = `${runId} ${sha}`;
    const graph = this.graphs.get(key);
    if (graph === undefined) return undefined;
    // Moved to the end: the first is the one that was used longest ago.
    this.graphs.delete(key);
    this.graphs.set(key, graph);
    return graph;
  }

  /** Keeps a graph under its commit, and lets go of the oldest ones when it is too much together. */
  put(runId: string, graph: ProjectGraph): void {
    const key = `${runId} ${graph.gitSha}`;
    this.drop(key);
    if (sizeOf(graph) > this.maxItems) return;
    this.graphs.set(key, graph);
    this.items += sizeOf(graph);
    for (const oldest of this.graphs.keys()) {
      if (this.items <= this.maxItems) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    const graph = this.graphs.get(key);
    if (graph === undefined) return;
    this.graphs.delete(key);
    this.items -= sizeOf(graph);
  }
}

function sizeOf({ modules, symbols, edges }: ProjectGraph): number {
  return modules.length + symbols.length + edges.length;
}
