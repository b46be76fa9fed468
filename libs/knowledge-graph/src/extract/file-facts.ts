import type { GraphSymbol } from '@hil/contracts';
import type { SourceLanguage } from '../syntax/language.js';
import type { DatabaseUse } from './database-uses.js';
import type { RoutingFacts } from './routing/routing-facts.js';

/** Part of every cache key: raise it whenever an extractor yields something different. */
export const EXTRACTOR_VERSION = '9';

/** Reason of files whose nesting exceeds what a stack holds; the checker must not load them either. */
export const TOO_DEEP = 'nested too deeply to read whole';

export interface SymbolFact {
  name: string;
  /** Dotted path inside the file, such as `Service.find`. */
  qualified: string;
  kind: GraphSymbol['kind'];
  isExported: boolean;
  isAsync: boolean;
  returnType: string | null;
  parameters: { name: string; type: string | null }[];
  decorators: string[];
  genericParams: string[];
  signature: string;
  visibility: GraphSymbol['visibility'];
  /** 1-based, inclusive. */
  startLine: number;
  endLine: number;
  /** Index in `symbols` of the enclosing symbol. */
  parent: number | null;
}

export interface ImportFact {
  /** The specifier as written: `./a`, `..pkg.mod`, `java.util.List`, `System.Linq`. */
  raw: string;
  line: number;
  /** `imported` is the name in the other module; `*` is its namespace. */
  names: { imported: string; local: string }[];
  /** `reexport` passes names on without binding them locally. */
  kind: 'import' | 'reexport' | 'dynamic' | 'static';
}

export interface ExportFact {
  exported: string;
  /** The local name behind it, or null when it comes from another module (see `from`). */
  local: string | null;
  from: string | null;
}

export interface CallFact {
  /** Dotted callee, such as `this.repo.find`; the head is an identifier, `this` or `super`. */
  callee: string;
  /** Declared or constructed type of the receiver, where the text says it; `Type#a#b` is what its member `a.b` is. */
  receiverType: string | null;
  /** Line of the last name of the callee. */
  line: number;
  /** Index in `symbols` of the innermost enclosing symbol. */
  within: number | null;
}

export interface HeritageFact {
  symbol: number;
  name: string;
  relation: 'extends' | 'implements';
  line: number;
}

/** What one file says on its own: JSON, independent of its path and of every other file. */
export interface FileFacts {
  language: SourceLanguage;
  /** Why nothing was extracted; the lists are empty then. */
  skipped: string | null;
  /** Why some of the file may be missing from the lists, or null. */
  partial: string | null;
  /** Non-blank lines. */
  loc: number;
  hasSyntaxErrors: boolean;
  /** Java package, C# namespaces declared in the file. */
  namespaces: string[];
  symbols: SymbolFact[];
  imports: ImportFact[];
  exports: ExportFact[];
  calls: CallFact[];
  heritage: HeritageFact[];
  /** TypeScript and JavaScript: what other files see of its types, see `typeSurface`. */
  types: { surface: string; isGlobal: boolean } | null;
  /** Names used as types or static receivers, each with its first line (Java and C#). */
  typeReferences: { name: string; line: number }[];
  /** Routers, routes and annotations; null when nothing hints at any. */
  routing: RoutingFacts | null;
  /** Lines that seem to read or write entities. */
  database: DatabaseUse[];
  /** True when running the file starts something: a main method or guard, a listening server. */
  isEntryPoint: boolean;
  /** The first documentation comment, one line. */
  summary: string;
}

export function emptyFacts(language: SourceLanguage, skipped: string | null): FileFacts {
  return {
    language,
    skipped,
    partial: null,
    loc: 0,
    hasSyntaxErrors: false,
    namespaces: [],
    symbols: [],
    imports: [],
    exports: [],
    calls: [],
    heritage: [],
    types: null,
    typeReferences: [],
    routing: null,
    database: [],
    isEntryPoint: false,
    summary: '',
  };
}
