import type { Language, Tree } from 'web-tree-sitter';
import { cursorCalls, type CursorCalls } from './cursor-calls.js';
import { FlatNode } from './flat-node.js';

const FIRST_CAPACITY = 1 << 16;

/** Columns of all nodes of one tree, in text order; a node is its row number. */
export interface NodeTable {
  readonly text: string;
  readonly types: Uint16Array;
  readonly fields: Uint16Array;
  /** UTF-16 offsets; tokens without a name (`{`, `async`) have none, as their type is their text. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** Row of the first child and of the next sibling, -1 for none; last row below a node. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  readonly lastBelow: Int32Array;
  readonly grammar: GrammarNames;
}

/** Names behind the numbers of a grammar. */
export interface GrammarNames {
  typeOf(id: number): string;
  isNamed(id: number): boolean;
  /** Marks the numbers of some names: 1 at each. */
  maskOf(names: readonly string[]): Uint8Array;
  /** 0 when the grammar has no field of that name. */
  fieldId(name: string): number;
}

/** tree-sitter's number for an ERROR node. */
const ERROR_ID = 65_535;

export function grammarNames(language: Language): GrammarNames {
  // As keys of an object the names are the same strings as in the code, so comparing them compares pointers.
  const types = language.types.map((name) => Object.keys({ [name]: 0 })[0] ?? name);
  const named = new Uint8Array(ERROR_ID + 1);
  types.forEach((_, id) => (named[id] = language.nodeTypeIsNamed(id) ? 1 : 0));
  named[ERROR_ID] = 1;
  const fields = new Map(language.fields.map((name, id) => [name, id]));
  const masks = new Map<string, Uint8Array>();
  const newMask = (names: readonly string[]): Uint8Array => {
    const mask = new Uint8Array(ERROR_ID + 1);
    types.forEach((name, id) => (mask[id] = names.includes(name) ? 1 : 0));
    mask[ERROR_ID] = names.includes('ERROR') ? 1 : 0;
    return mask;
  };
  return {
    typeOf: (id) => (id === ERROR_ID ? 'ERROR' : (types[id] ?? '')),
    isNamed: (id) => named[id] === 1,
    maskOf(names) {
      const key = names.join(' ');
      const mask = masks.get(key) ?? newMask(names);
      masks.set(key, mask);
      return mask;
    },
    fieldId: (name) => fields.get(name) ?? 0,
  };
}

/**
 * Copies a tree out of WebAssembly memory in one pass. Walking web-tree-sitter's own nodes costs a
 * call with marshalled arguments for each property; on 9,000 files that took three times as long as
 * parsing, the copy takes a sixth of it. The buffers are reused: the last table is void after this.
 */
export class TreeFlattener {
  private capacity = FIRST_CAPACITY;
  private types = new Uint16Array(FIRST_CAPACITY);
  private fields = new Uint16Array(FIRST_CAPACITY);
  private starts = new Uint32Array(FIRST_CAPACITY);
  private ends = new Uint32Array(FIRST_CAPACITY);
  private firstChild = new Int32Array(FIRST_CAPACITY);
  private nextSibling = new Int32Array(FIRST_CAPACITY);
  private lastBelow = new Int32Array(FIRST_CAPACITY);

  constructor(private readonly grammar: GrammarNames) {}

  /** The root of the copy. It stays valid until the next call. */
  flatten(tree: Tree, text: string): FlatNode {
    const cursor = tree.walk();
    try {
      return new FlatNode(this.copy(cursorCalls(cursor), text), 0);
    } finally {
      cursor.delete();
    }
  }

  private copy(calls: CursorCalls, text: string): NodeTable {
    const { isNamed } = this.grammar;
    let table = this.table(text);
    const open: number[] = [];
    let previous = -1;
    let parent = -1;
    for (let row = 0; ; row += 1) {
      if (row === this.capacity) {
        this.grow();
        table = this.table(text);
      }
      const type = calls.type();
      table.types[row] = type;
      table.firstChild[row] = -1;
      table.nextSibling[row] = -1;
      table.lastBelow[row] = row;
      if (previous !== -1) table.nextSibling[previous] = row;
      else if (parent !== -1) table.firstChild[parent] = row;
      previous = row;
      if (isNamed(type)) {
        table.fields[row] = calls.field();
        table.starts[row] = calls.start();
        table.ends[row] = calls.end();
        if (calls.firstChild()) {
          open.push(row);
          parent = row;
          previous = -1;
          continue;
        }
      } else table.fields[row] = 0;
      while (!calls.nextSibling()) {
        const up = open.pop();
        if (up === undefined) return table;
        calls.parent();
        table.lastBelow[up] = row;
        previous = up;
        parent = open.at(-1) ?? -1;
      }
    }
  }

  private table(text: string): NodeTable {
    const { types, fields, starts, ends, firstChild, nextSibling, lastBelow, grammar } = this;
    return { text, types, fields, starts, ends, firstChild, nextSibling, lastBelow, grammar };
  }

  private grow(): void {
    this.capacity *= 2;
    this.types = larger(this.types);
    this.fields = larger(this.fields);
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.firstChild = larger(this.firstChild);
    this.nextSibling = larger(this.nextSibling);
    this.lastBelow = larger(this.lastBelow);
  }
}

function larger<T extends Uint16Array | Uint32Array | Int32Array>(column: T): T {
  const copy = new (column.constructor as new (length: number) => T)(column.length * 2);
  copy.set(column);
  return copy;
}
