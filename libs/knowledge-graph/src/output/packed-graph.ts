import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { HilError, type GraphEdge, type ProjectGraph } from '@hil/contracts';

/** Items a line holds at most, so that no line comes near the longest string V8 can make (512 MB). */
const ITEMS_A_LINE = 1_000;

type ListName = 'features' | 'modules' | 'symbols' | 'endpoints' | 'edges';

/** `[type, from, to, weight, resolution or resolution/by, lines]`, or with all metadata at the end when there is more. */
type EdgeRow = [
  GraphEdge['type'],
  number | string,
  number | string,
  number,
  string,
  number[],
  GraphEdge['metadata']?,
];

/**
 * A graph of any size as bytes: compressed lines of JSON, first the project, then lists in portions. Edges
 * and symbols name other nodes by their number in the order of writing, so that a reader shares their ids;
 * as one JSON text, a graph of 100,000 files would be longer than the longest string there is.
 */
export async function packGraph(graph: ProjectGraph): Promise<Buffer> {
  const zip = createGzip({ level: 3 });
  const parts: Buffer[] = [];
  zip.on('data', (part: Buffer) => parts.push(part));
  for (const line of linesOf(graph)) await write(zip, `${line}\n`);
  const ended = once(zip, 'end');
  zip.end();
  await ended;
  return Buffer.concat(parts);
}

async function write(zip: Gzip, text: string): Promise<void> {
  if (!zip.write(text)) await once(zip, 'drain');
}

function* linesOf(graph: ProjectGraph): Generator<string> {
  const { features, modules, symbols, endpoints, edges, ...head } = graph;
  yield JSON.stringify(head);
  const numbers = new Map<string, number>();
  let count = 0;
  for (const list of [features, modules, symbols, endpoints]) {
    for (const { id } of list) {
      if (!numbers.has(id)) numbers.set(id, count);
      count += 1;
    }
  }
  const number = (id: string): number | string => numbers.get(id) ?? id;
  yield* portions('features', features, (one) => one);
  yield* portions('modules', modules, (one) => one);
  yield* portions('symbols', symbols, ({ metadata, ...one }) => {
    const { parent } = metadata;
    const before = typeof parent === 'string' ? numbers.get(parent) : undefined;
    // A reader knows the ids of what it has read.
    const isKnown = before !== undefined && before < (numbers.get(one.id) ?? 0);
    const short = isKnown ? { ...metadata, parent: before } : metadata;
    return { ...one, moduleId: number(one.moduleId), metadata: short };
  });
  yield* portions('endpoints', endpoints, (one) => one);
  yield* portions('edges', edges, (edge) => edgeRow(edge, number));
}

function* portions<T>(
  list: ListName,
  items: readonly T[],
  row: (item: T) => unknown,
): Generator<string> {
  for (let start = 0; start < items.length; start += ITEMS_A_LINE)
    yield JSON.stringify([list, items.slice(start, start + ITEMS_A_LINE).map(row)]);
}

function edgeRow(edge: GraphEdge, number: (id: string) => number | string): EdgeRow {
  const { metadata, type, weight } = edge;
  const { resolution, line, lines, by } = metadata;
  const all = Array.isArray(lines) ? (lines as number[]) : [];
  const row: EdgeRow = [
    type,
    number(edge.from),
    number(edge.to),
    weight,
    by === undefined ? String(resolution ?? '') : `${String(resolution)}/${String(by)}`,
    all,
  ];
  const fields = (all.length === 0 ? 1 : 3) + (by === undefined ? 0 : 1);
  const isShort =
    Object.keys(metadata).length === fields &&
    resolution !== undefined &&
    line === all[0] &&
    (by === undefined || typeof by === 'string');
  if (!isShort) row.push(metadata);
  return row;
}

/**
 * Reads what `packGraph` has written, line by line; also a graph as one compressed JSON text, as older
 * versions stored it.
 * @throws HilError `internal_error` when the bytes are no graph.
 */
export async function unpackGraph(bytes: Uint8Array): Promise<ProjectGraph> {
  const reader = new GraphReader();
  try {
    let rest: Buffer[] = [];
    for await (const chunk of Readable.from([bytes]).pipe(createGunzip())) {
      let from = 0;
      const part = chunk as Buffer;
      for (let at = part.indexOf(10); at !== -1; at = part.indexOf(10, from)) {
        reader.line(Buffer.concat([...rest, part.subarray(from, at)]).toString('utf8'));
        rest = [];
        from = at + 1;
      }
      if (from < part.length) rest.push(part.subarray(from));
    }
    if (rest.length > 0) reader.line(Buffer.concat(rest).toString('utf8'));
    return reader.graph();
  } catch (cause) {
    throw new HilError(
      'internal_error',
      'The stored graph cannot be read; start the request again.',
      { cause },
    );
  }
}

class GraphReader {
  private read: ProjectGraph | null = null;
  private readonly ids: string[] = [];

  line(text: string): void {
    const value: unknown = JSON.parse(text);
    if (this.read === null) {
      const head = value as ProjectGraph;
      const lists = { features: [], modules: [], symbols: [], endpoints: [], edges: [] };
      this.read = { ...lists, ...head };
      return;
    }
    const [list, items] = value as [ListName, unknown[]];
    if (list === 'edges') {
      for (const row of items as EdgeRow[]) this.read.edges.push(this.edge(row));
      return;
    }
    for (const item of items as { id: string }[]) this.ids.push(item.id);
    const target: unknown[] = this.read[list];
    for (const item of items) target.push(list === 'symbols' ? this.symbol(item) : item);
  }

  graph(): ProjectGraph {
    if (this.read?.gitSha === undefined) throw new Error('the first line is missing');
    return this.read;
  }

  private symbol(item: unknown): unknown {
    const symbol = item as { moduleId: number | string; metadata: Record<string, unknown> };
    symbol.moduleId = this.id(symbol.moduleId);
    const { parent } = symbol.metadata;
    if (typeof parent === 'number') symbol.metadata['parent'] = this.id(parent);
    return symbol;
  }

  private edge([type, from, to, weight, resolution, lines, metadata]: EdgeRow): GraphEdge {
    const [line] = lines;
    const [how = '', by] = resolution.split('/');
    const usual: GraphEdge['metadata'] =
      line === undefined ? { resolution: how } : { resolution: how, line, lines };
    if (by !== undefined) usual['by'] = by;
    return { from: this.id(from), to: this.id(to), type, weight, metadata: metadata ?? usual };
  }

  private id(number: number | string): string {
    return typeof number === 'string' ? number : (this.ids[number] ?? '');
  }
}
