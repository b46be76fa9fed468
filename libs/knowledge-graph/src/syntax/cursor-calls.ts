import { Parser, type TreeCursor } from 'web-tree-sitter';

type CursorCall = (tree: number) => number;

/** What web-tree-sitter's WebAssembly module exports for cursors, as used here. */
interface CursorExports {
  HEAP32: Int32Array;
  _ts_init(): number;
  _ts_tree_cursor_current_node_type_id_wasm: CursorCall;
  _ts_tree_cursor_current_field_id_wasm: CursorCall;
  _ts_tree_cursor_start_index_wasm: CursorCall;
  _ts_tree_cursor_end_index_wasm: CursorCall;
  _ts_tree_cursor_goto_first_child_wasm: CursorCall;
  _ts_tree_cursor_goto_next_sibling_wasm: CursorCall;
  _ts_tree_cursor_goto_parent_wasm: CursorCall;
}

/** The cursor's calls without the marshalling around each; the other cursors of the thread must rest. */
export interface CursorCalls {
  type(): number;
  field(): number;
  start(): number;
  end(): number;
  firstChild(): number;
  nextSibling(): number;
  parent(): number;
}

const moduleObject: Partial<CursorExports> = {};
let runtime: Promise<void> | undefined;

/** Loads the WebAssembly runtime once per thread. */
export function startRuntime(): Promise<void> {
  // Emscripten fills the object it is given with the module's exports.
  runtime ??= Parser.init(moduleObject as Parameters<typeof Parser.init>[0]);
  return runtime;
}

/**
 * Binds the exports to a cursor. They keep the cursor's state in a buffer that web-tree-sitter writes
 * before and reads after every call; written once, it carries the state from call to call.
 */
export function cursorCalls(cursor: TreeCursor): CursorCalls {
  const wasm = moduleObject as CursorExports;
  const state = cursor as unknown as Record<number, number> & { tree: Record<number, number> };
  const tree = state.tree[0] ?? 0;
  const buffer = wasm._ts_init() >> 2;
  for (let word = 0; word < 4; word += 1) wasm.HEAP32[buffer + word] = state[word] ?? 0;
  const {
    _ts_tree_cursor_current_node_type_id_wasm: type,
    _ts_tree_cursor_current_field_id_wasm: field,
    _ts_tree_cursor_start_index_wasm: start,
    _ts_tree_cursor_end_index_wasm: end,
    _ts_tree_cursor_goto_first_child_wasm: firstChild,
    _ts_tree_cursor_goto_next_sibling_wasm: nextSibling,
    _ts_tree_cursor_goto_parent_wasm: parent,
  } = wasm;
  return {
    type: () => type(tree),
    field: () => field(tree),
    start: () => start(tree),
    end: () => end(tree),
    firstChild: () => firstChild(tree),
    nextSibling: () => nextSibling(tree),
    parent: () => parent(tree),
  };
}
