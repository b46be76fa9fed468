import { describe, expect, it } from '@jest/globals';
import { languageOf, type SourceLanguage } from './language.js';
import { loadSyntax, syntaxErrors } from './syntax.js';

const sound: Record<SourceLanguage, string> = {
  typescript: 'export const x = <T,>(a: T): T => a;\n',
  tsx: 'export const View = ({ a }: { a: string }) => <p>{a}</p>;\n',
  javascript: 'module.exports = () => <p>hi</p>;\n',
  python: 'async def f(a: int = 1) -> int:\n    return a\n',
  java: 'package a; public record P(int x) { int y() { return x; } }\n',
  go: 'package a\n\nfunc F[T any](x T) T { return x }\n',
  kotlin: 'package a\n\ndata class P(val x: Int) {\n  fun y() = x\n}\n',
  ruby: 'module A\n  def self.f(a, b = 1) = a\nend\n',
  php: '<?php\nnamespace A;\nfinal class P { public function x(): int { return 1; } }\n',
  rust: 'pub fn f<T: Clone>(x: &T) -> T { x.clone() }\n',
  c: '#include "a.h"\nstatic int f(const char *s) { return *s; }\n',
  cpp: 'template <class T> class A : public B { T f() const { return {}; } };\n',
  csharp: 'namespace A; public record P(int X) { public int Y() => X; }\n',
};

describe('syntax', () => {
  it('names the language of a file by its extension', () => {
    expect(languageOf('src/a.test.tsx')).toBe('tsx');
    expect(languageOf('a/B.JAVA')).toBe('java');
    expect(languageOf('dir.ts/README')).toBeNull();
    expect(languageOf('Makefile')).toBeNull();
  });

  it.each(Object.entries(sound))('finds no error in sound %s', async (language, text) => {
    expect(await syntaxErrors(language as SourceLanguage, text)).toEqual([]);
  });

  it('counts a MISSING node as an error and says where it is', async () => {
    const problems = await syntaxErrors('java', 'class A {\n  int x = 1\n}\n');
    expect(problems).toEqual([{ line: 2, column: 12, message: 'missing ;' }]);
  });

  it('reports ERROR nodes with the text that was not expected', async () => {
    const problems = await syntaxErrors('python', 'def f(:\n    pass\n');
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]?.line).toBe(1);
    expect((await loadSyntax('python')).hasError('def f(:\n    pass\n')).toBe(true);
  });

  it('gives offsets that index the JavaScript string, also after astral characters', async () => {
    const syntax = await loadSyntax('typescript');
    const text = 'const a = "😀é"; const tail = 1;\n';
    const tree = syntax.parse(text);
    const [, tail] = tree.rootNode.descendantsOfType('variable_declarator');
    expect(text.slice(tail?.startIndex, tail?.endIndex)).toBe('tail = 1');
    tree.delete();
  });
});
