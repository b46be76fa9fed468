export {
  SOURCE_LANGUAGES,
  isEcmaScript,
  languageOf,
  type SourceLanguage,
} from './syntax/language.js';
export { loadSyntax, syntaxErrors, type Syntax, type SyntaxProblem } from './syntax/syntax.js';
export type { Node as SyntaxNode, Tree as SyntaxTree } from 'web-tree-sitter';
