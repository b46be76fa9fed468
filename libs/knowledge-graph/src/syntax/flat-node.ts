import type { NodeTable } from './flat-tree.js';

/** Rows of the lines of a text, so that positions cost a binary search only when asked for. */
const lineStarts = new WeakMap<NodeTable, number[]>();

/** Rows of the parents, for the few readers that look upwards. */
const parentRows = new WeakMap<NodeTable, Int32Array>();

/** A node of a flattened tree: the part of web-tree-sitter's Node that extractors need. */
export class FlatNode {
  constructor(
    private readonly table: NodeTable,
    private readonly row: number,
  ) {}

  get type(): string {
    return this.table.grammar.typeOf(this.table.types[this.row] ?? 0);
  }

  /** Tells the nodes of one tree apart. */
  get id(): number {
    return this.row;
  }

  get parent(): FlatNode | null {
    const row = parentsOf(this.table)[this.row] ?? -1;
    return row === -1 ? null : new FlatNode(this.table, row);
  }

  get nextNamedSibling(): FlatNode | null {
    const { nextSibling, types, grammar } = this.table;
    for (let row = nextSibling[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      if (grammar.isNamed(types[row] ?? 0)) return new FlatNode(this.table, row);
    }
    return null;
  }

  get isNamed(): boolean {
    return this.table.grammar.isNamed(this.table.types[this.row] ?? 0);
  }

  /** UTF-16 offsets into the text; void for tokens without a name. */
  get startIndex(): number {
    return this.table.starts[this.row] ?? 0;
  }

  get endIndex(): number {
    return this.table.ends[this.row] ?? 0;
  }

  get text(): string {
    return this.isNamed ? this.table.text.slice(this.startIndex, this.endIndex) : this.type;
  }

  get startPosition(): { row: number; column: number } {
    return positionOf(this.table, this.startIndex);
  }

  get endPosition(): { row: number; column: number } {
    return positionOf(this.table, this.endIndex);
  }

  get children(): FlatNode[] {
    const found: FlatNode[] = [];
    const { firstChild, nextSibling } = this.table;
    for (let row = firstChild[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      found.push(new FlatNode(this.table, row));
    }
    return found;
  }

  get namedChildren(): FlatNode[] {
    const found: FlatNode[] = [];
    const { firstChild, nextSibling, types, grammar } = this.table;
    for (let row = firstChild[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      if (grammar.isNamed(types[row] ?? 0)) found.push(new FlatNode(this.table, row));
    }
    return found;
  }

  /** The named children that have children themselves: where a walk finds anything at all. */
  get branches(): FlatNode[] {
    const found: FlatNode[] = [];
    const { firstChild, nextSibling, types, grammar } = this.table;
    for (let row = firstChild[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      const isBranch = firstChild[row] !== -1 && grammar.isNamed(types[row] ?? 0);
      if (isBranch) found.push(new FlatNode(this.table, row));
    }
    return found;
  }

  namedChild(index: number): FlatNode | null {
    return this.namedChildren[index] ?? null;
  }

  childForFieldName(name: string): FlatNode | null {
    const id = this.table.grammar.fieldId(name);
    const { firstChild, nextSibling, fields } = this.table;
    if (id === 0) return null;
    for (let row = firstChild[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      if (fields[row] === id) return new FlatNode(this.table, row);
    }
    return null;
  }

  childrenForFieldName(name: string): FlatNode[] {
    const id = this.table.grammar.fieldId(name);
    const { firstChild, nextSibling, fields } = this.table;
    const found: FlatNode[] = [];
    if (id === 0) return found;
    for (let row = firstChild[this.row] ?? -1; row !== -1; row = nextSibling[row] ?? -1) {
      if (fields[row] === id) found.push(new FlatNode(this.table, row));
    }
    return found;
  }

  /** This node and all below it that are of one of the types, in text order. */
  descendantsOfType(types: string | readonly string[]): FlatNode[] {
    const wanted = this.table.grammar.maskOf([types].flat());
    const found: FlatNode[] = [];
    // Rows are in text order, so what is below stands right behind it.
    const last = this.table.lastBelow[this.row] ?? this.row;
    for (let row = this.row; row <= last; row += 1) {
      if (wanted[this.table.types[row] ?? 0] === 1) found.push(new FlatNode(this.table, row));
    }
    return found;
  }

  equals(other: FlatNode): boolean {
    return this.table === other.table && this.row === other.row;
  }
}

function parentsOf(table: NodeTable): Int32Array {
  const known = parentRows.get(table);
  if (known) return known;
  const last = table.lastBelow[0] ?? 0;
  const parents = new Int32Array(last + 1).fill(-1);
  for (let row = 0; row <= last; row += 1) {
    for (let one = table.firstChild[row] ?? -1; one !== -1; one = table.nextSibling[one] ?? -1)
      parents[one] = row;
  }
  parentRows.set(table, parents);
  return parents;
}

function positionOf(table: NodeTable, index: number): { row: number; column: number } {
  let starts = lineStarts.get(table);
  if (!starts) {
    starts = [0];
    for (let at = table.text.indexOf('\n'); at !== -1; at = table.text.indexOf('\n', at + 1)) {
      starts.push(at + 1);
    }
    lineStarts.set(table, starts);
  }
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return { row: low, column: index - (starts[low] ?? 0) };
}
