import type { FlatNode } from '../syntax/flat-node.js';
import { loadSyntax } from '../syntax/syntax.js';
import { isEcmaScript, type SourceLanguage } from '../syntax/language.js';
import { extractCSharp } from './csharp/csharp-extractor.js';
import { extractEcmaScript } from './ecmascript/ecmascript-extractor.js';
import { FactsCollector } from './facts-collector.js';
import { databaseUses } from './database-uses.js';
import { emptyFacts, TOO_DEEP, type FileFacts } from './file-facts.js';
import { extractJava } from './java/java-extractor.js';
import { leadingSummary } from './leading-summary.js';
import { CPP } from './outline/cpp-rules.js';
import { GO } from './outline/go-rules.js';
import { KOTLIN } from './outline/kotlin-rules.js';
import { outlineExtractor } from './outline/outline-extractor.js';
import { PHP } from './outline/php-rules.js';
import { RUBY } from './outline/ruby-rules.js';
import { RUST } from './outline/rust-rules.js';
import { extractPython } from './python/python-extractor.js';
import { readRouting } from './routing/read-routing.js';
import { decodeSource, filledLines, unreadableReason } from './readable-text.js';
import type { Extractor } from './extractor.js';
import { typeSurface } from './type-surface.js';

const EXTRACTORS: Readonly<Record<SourceLanguage, Extractor>> = {
  typescript: extractEcmaScript,
  tsx: extractEcmaScript,
  javascript: extractEcmaScript,
  python: extractPython,
  java: extractJava,
  csharp: extractCSharp,
  go: outlineExtractor(GO),
  kotlin: outlineExtractor(KOTLIN),
  ruby: outlineExtractor(RUBY),
  php: outlineExtractor(PHP),
  rust: outlineExtractor(RUST),
  c: outlineExtractor(CPP),
  cpp: outlineExtractor(CPP),
};

/**
 * The facts of one file from its bytes. Never throws for bad content: `skipped` says why nothing was read,
 * `partial` why some of it may be missing.
 */
export async function extractFile(language: SourceLanguage, bytes: Uint8Array): Promise<FileFacts> {
  const { text, flaw } = decodeSource(bytes);
  const unreadable = unreadableReason(text);
  if (unreadable) return emptyFacts(language, unreadable);
  const syntax = await loadSyntax(language);
  const collector = new FactsCollector(language);
  try {
    const facts = syntax.read(text, (root, hasError) => {
      const partial = extractTree(language, root, collector);
      const read = collector.finish();
      read.routing = readRouting(root, text, language, read.symbols);
      read.hasSyntaxErrors = hasError;
      if (isEcmaScript(language)) read.types = typeSurface(root, text, read);
      read.partial = flaw ?? partial ?? (hasError ? 'has syntax errors' : null);
      return read;
    });
    facts.database = databaseUses(text, language);
    facts.loc = filledLines(text);
    facts.summary = leadingSummary(text);
    return facts;
  } catch (error) {
    return emptyFacts(
      language,
      `parse failure: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Walks the tree; code nested deeper than the stack is left out, and the reason returned. */
function extractTree(
  language: SourceLanguage,
  root: FlatNode,
  into: FactsCollector,
): string | null {
  try {
    EXTRACTORS[language](root, into);
    return null;
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    throw error;
  }
}
