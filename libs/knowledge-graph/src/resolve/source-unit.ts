import type { ExportFact, FileFacts, ImportFact } from '../extract/file-facts.js';

export type Resolution = 'exact' | 'typed' | 'name-unique' | 'ambiguous';

/** Where an edge may point: a symbol of a file. */
export interface SymbolRef {
  path: string;
  index: number;
}

/** A name bound by an import: `imported` of the file `path`, or its namespace (`*`). */
export interface Binding {
  path: string;
  imported: string;
}

export interface ResolvedImport {
  fact: ImportFact;
  path: string;
  resolution: Resolution;
}

/** One file with its facts and what its imports turned out to mean. */
export interface SourceUnit {
  path: string;
  blobId: string;
  facts: FileFacts;
  /** Symbol ids, index for index. */
  ids: string[];
  bindings: Map<string, Binding>;
  /** Files whose names are all visible here: `export *`, `from x import *`. */
  wildcards: string[];
  imports: ResolvedImport[];
  exports: Map<string, ExportFact>;
  /** Symbols by enclosing symbol (-1: none), then name; the first declaration wins. */
  members: Map<number, Map<string, number>>;
}

export function newUnit(path: string, blobId: string, facts: FileFacts, ids: string[]): SourceUnit {
  const members = new Map<number, Map<string, number>>();
  facts.symbols.forEach((symbol, index) => {
    const names = members.get(symbol.parent ?? -1) ?? new Map<string, number>();
    if (!names.has(symbol.name)) names.set(symbol.name, index);
    members.set(symbol.parent ?? -1, names);
  });
  const exports = new Map(facts.exports.map((one) => [one.exported, one]));
  return {
    path,
    blobId,
    facts,
    ids,
    bindings: new Map(),
    wildcards: [],
    imports: [],
    exports,
    members,
  };
}
