import { emptyFacts, type FileFacts, type ImportFact } from '../extract/file-facts.js';
import { isEcmaScript } from '../syntax/language.js';

/** What a process takes that reads files in two threads and holds no graph, in bytes. */
const BASE = 170e6;
/**
 * What parts of a graph take at most while it is made, in bytes of the process's memory: measured on
 * generated TypeScript, see docs/graph.md. A symbol counts with its edge from its parent, a call with its edge.
 */
const BYTES = { moduleLevel: 8_000, symbol: 1_100, call: 500, other: 350 };

/**
 * Bounds the memory of a process that makes a graph: room for all files at module level is set aside, then files
 * are admitted whole until the rest is used up, all later ones at module level, that is with their
 * imports and without symbols, calls and endpoints. The answer depends on the files and their order alone.
 */
export class DepthBudget {
  private left: number;

  /**
   * @param megabytes what the process may take
   * @param files how many there are in all
   */
  constructor(
    private readonly megabytes: number,
    files: number,
  ) {
    this.left = megabytes * 1e6 - BASE - files * BYTES.moduleLevel;
  }

  /** True once a file did not fit: from then on none is admitted whole. */
  get isUsedUp(): boolean {
    return this.left < 0;
  }

  /** Why files are at module level only, for people. */
  get reason(): string {
    return `the graph would take more than ${this.megabytes} MB (PKG_MEMORY_MB)`;
  }

  /** The facts as they are while the budget lasts, then what the module level needs of them. */
  admit(facts: FileFacts): FileFacts {
    if (!this.isUsedUp) this.left -= bytesOf(facts);
    return this.isUsedUp ? moduleLevel(facts) : facts;
  }
}

function bytesOf(facts: FileFacts): number {
  const { symbols, calls, imports, exports, heritage, typeReferences } = facts;
  const others = imports.length + exports.length + heritage.length + typeReferences.length;
  let texts = 0;
  for (const { signature, qualified } of symbols) texts += signature.length + qualified.length * 2;
  return symbols.length * BYTES.symbol + calls.length * BYTES.call + others * BYTES.other + texts;
}

/** Imports, and what a module says of itself; namespaces are what C# imports name. */
function moduleLevel(facts: FileFacts): FileFacts {
  const { language, skipped, partial, loc, hasSyntaxErrors, namespaces } = facts;
  return {
    ...emptyFacts(language, skipped),
    partial,
    loc,
    hasSyntaxErrors,
    namespaces,
    isEntryPoint: facts.isEntryPoint,
    imports: isEcmaScript(language) ? facts.imports.map(withoutNames) : facts.imports,
    summary: facts.summary,
  };
}

/** Elsewhere than in TypeScript and JavaScript, names tell which file an import means. */
function withoutNames(fact: ImportFact): ImportFact {
  return { ...fact, names: [] };
}
