import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { Language } from 'web-tree-sitter';
import { startRuntime } from './cursor-calls.js';
import type { SourceLanguage } from './language.js';

const require = createRequire(import.meta.url);

/** JavaScript is read by the TSX grammar, a superset that also accepts JSX and most Flow; C by that of C++. */
const GRAMMARS: Readonly<Record<SourceLanguage, string>> = {
  typescript: 'tree-sitter-typescript/tree-sitter-typescript.wasm',
  tsx: 'tree-sitter-typescript/tree-sitter-tsx.wasm',
  javascript: 'tree-sitter-typescript/tree-sitter-tsx.wasm',
  python: 'tree-sitter-python/tree-sitter-python.wasm',
  java: 'tree-sitter-java/tree-sitter-java.wasm',
  csharp: 'tree-sitter-c-sharp/tree-sitter-c_sharp.wasm',
  go: '@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm',
  kotlin: '@tree-sitter-grammars/tree-sitter-kotlin/tree-sitter-kotlin.wasm',
  ruby: '@vscode/tree-sitter-wasm/wasm/tree-sitter-ruby.wasm',
  php: '@vscode/tree-sitter-wasm/wasm/tree-sitter-php.wasm',
  rust: '@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm',
  c: '@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm',
  cpp: '@vscode/tree-sitter-wasm/wasm/tree-sitter-cpp.wasm',
};

const loaded = new Map<string, Promise<Language>>();

/** The compiled grammar of a language; each is read from its package once per thread. */
export async function loadGrammar(language: SourceLanguage): Promise<Language> {
  await startRuntime();
  const file = GRAMMARS[language];
  let grammar = loaded.get(file);
  if (!grammar) {
    grammar = readFile(require.resolve(file)).then((wasm) => Language.load(wasm));
    loaded.set(file, grammar);
  }
  return grammar;
}
