export interface FlowNode {
  id: string;
  label: string;
  cluster: string | null;
  marked: boolean;
}

export interface FlowEdge {
  from: string;
  to: string;
  label?: string;
}

/** A Mermaid flowchart. Ids are numbered and labels quoted, so any path is safe in it. */
export function drawFlowchart(
  direction: 'LR' | 'TD',
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const clusters = new Map<string | null, FlowNode[]>();
  for (const node of nodes)
    clusters.set(node.cluster, [...(clusters.get(node.cluster) ?? []), node]);
  const lines = [`flowchart ${direction}`];
  let n = 0;
  for (const [cluster, members] of clusters) {
    const boxes = members.map((one) => `${names.get(one.id) ?? ''}["${escape(one.label)}"]`);
    if (cluster === null) lines.push(...boxes.map((one) => `  ${one}`));
    else
      lines.push(
        `  subgraph g${n++}["${escape(cluster)}"]`,
        ...boxes.map((one) => `    ${one}`),
        '  end',
      );
  }
  for (const { from, to, label } of edges) {
    lines.push(
      `  ${names.get(from) ?? ''} -->${label ? `|${escape(label)}|` : ''} ${names.get(to) ?? ''}`,
    );
  }
  const marked = nodes.filter((one) => one.marked).map(({ id }) => names.get(id));
  if (marked.length > 0)
    lines.push('  classDef target stroke-width:3px', `  class ${marked.join(',')} target`);
  if (nodes.length === 0) lines.push('  empty["No source modules"]');
  return `${lines.join('\n')}\n`;
}

/** Longest text of a box; of a longer one the end is kept, which tells paths apart. */
const LONGEST_LABEL = 80;

/**
 * What Mermaid would read as its own becomes a number: quotes and HTML, `%%{...}%%` (a directive that changes
 * the drawing's settings), `$$` (a formula) and the first back-tick (Markdown).
 */
function escape(label: string): string {
  // Control characters, line breaks among them, are blanks here.
  const flat = label.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const letters = [...flat];
  const short =
    letters.length > LONGEST_LABEL ? `…${letters.slice(1 - LONGEST_LABEL).join('')}` : flat;
  return short.replace(/[&"<>|#;`%$\\{}]/g, (char) => `#${char.charCodeAt(0)};`);
}
