import { loadSyntax } from '../syntax/syntax.js';
import type { SourceLanguage } from '../syntax/language.js';
import { extractCSharp } from './csharp/csharp-extractor.js';
import { extractEcmaScript } from './ecmascript/ecmascript-extractor.js';
import { FactsCollector } from './facts-collector.js';
import { emptyFacts, type FileFacts } from './file-facts.js';
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
import { filledLines, unreadableReason } from './readable-text.js';
import type { Extractor } from './extractor.js';

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

/** Longest time one file may take to parse, in ms; real sources of 1 MB take under one second. */
const PARSE_TIMEOUT_MS = 5_000;

/** The facts of one file from its bytes. Never throws for bad content: `skipped` says why. */
export async function extractFile(language: SourceLanguage, bytes: Uint8Array): Promise<FileFacts> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return emptyFacts(language, bytes.includes(0) ? 'binary content' : 'not valid UTF-8');
  }
  const unreadable = unreadableReason(text);
  if (unreadable) return emptyFacts(language, unreadable);
  const syntax = await loadSyntax(language);
  try {
    return syntax.read(text, PARSE_TIMEOUT_MS, (root, hasError) => {
      const collector = new FactsCollector(language);
      EXTRACTORS[language](root, collector);
      const facts = collector.finish();
      facts.hasSyntaxErrors = hasError;
      facts.loc = filledLines(text);
      facts.summary = leadingSummary(text);
      return facts;
    });
  } catch (error) {
    return emptyFacts(language, failureReason(error));
  }
}

function failureReason(error: unknown): string {
  if (error instanceof RangeError) return 'nested too deeply to read';
  return `parse failure: ${error instanceof Error ? error.message : String(error)}`;
}
