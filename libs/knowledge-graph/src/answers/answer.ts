/** An answer to a question about the code, as `query_response` carries it. */
export interface GraphAnswer {
  /** Markdown. */
  answer: string;
  references: { path: string; line?: number; symbol?: string }[];
}

/** A drawing of a part of the graph, as `diagram_response` carries it. */
export interface GraphDiagram {
  /** Mermaid source. */
  diagram: string;
  title: string;
  nodes: number;
  edges: number;
  /** True when nodes were left out to keep it readable. */
  truncated: boolean;
}

export function isDiagram(value: GraphAnswer | GraphDiagram): value is GraphDiagram {
  return 'diagram' in value;
}
