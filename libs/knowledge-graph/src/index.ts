export {
  SOURCE_LANGUAGES,
  isEcmaScript,
  languageOf,
  type SourceLanguage,
} from './syntax/language.js';
export { loadSyntax, syntaxErrors, type Syntax, type SyntaxProblem } from './syntax/syntax.js';
export type { Node as SyntaxNode, Tree as SyntaxTree } from 'web-tree-sitter';
export { warmUp } from './extract/warm-up.js';
export { EXTRACTOR_VERSION, type FileFacts } from './extract/file-facts.js';
export {
  MemoryGraphCache,
  type GraphCache,
  type GraphCacheEntry,
  type PackedCalls,
} from './cache/graph-cache.js';
export { GRAPH_VERSION, buildGraph } from './build/build-graph.js';
export type { BuildGraphInput, InputFile, SkippedFile } from './build/graph-input.js';
export type { Resolution } from './resolve/source-unit.js';
export { isTestPath } from './discover/test-files.js';
export { GraphQueries, type Dependencies, type Dependency } from './query/graph-queries.js';
export { globToRegExp } from './query/glob.js';
export { nearestNames } from './query/nearest-names.js';
export { alwaysAsk, isMigrationPath } from './impact/always-ask.js';
export { assessImpact, type ImpactTargets } from './impact/assess-impact.js';
export { isDiagram, type GraphAnswer, type GraphDiagram } from './answers/answer.js';
export { describeProject, explainPath, whatDependsOn, whoCalls } from './answers/questions.js';
export { drawArchitecture, drawDependencies } from './answers/diagrams.js';
export { rankFiles, type RankedFile, type RankOptions } from './retrieval/rank-files.js';
export { termsOf } from './retrieval/terms.js';
export { Bm25 } from './retrieval/bm25.js';
export { packGraph, unpackGraph } from './output/packed-graph.js';
export { shapeGraph } from './output/shape-graph.js';
export { legacyGraph, type LegacyGraph } from './output/legacy-graph.js';
