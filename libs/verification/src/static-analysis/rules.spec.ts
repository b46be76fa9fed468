import { describe, expect, it } from '@jest/globals';
import { analyseFile, languageOf } from './analyse.js';
import { CSHARP_CASES } from './testing/csharp.cases.js';
import { JAVA_CASES } from './testing/java.cases.js';
import { JAVASCRIPT_CASES } from './testing/javascript.cases.js';
import { PYTHON_CASES } from './testing/python.cases.js';
import { STATIC_RULES } from './rules.js';

const CASES = [...JAVASCRIPT_CASES, ...PYTHON_CASES, ...JAVA_CASES, ...CSHARP_CASES];

function fileOf(name: string, code: string): string {
  if (name.endsWith('.java')) return `class A { void m() {\n${code}\n} }`;
  return name.endsWith('.cs') ? `class A { void M() {\n${code}\n} }` : code;
}

describe('our rules', () => {
  it.each(CASES)(
    '$rule finds what it is for and nothing else',
    async ({ rule, file, bad, good }) => {
      for (const code of bad) {
        const found = await analyseFile(`src/${file}`, fileOf(file, code));
        expect({ code, rules: found.map((finding) => finding.rule) }).toEqual({
          code,
          rules: expect.arrayContaining([rule]),
        });
      }
      for (const code of good) {
        expect({ code, found: await analyseFile(`src/${file}`, fileOf(file, code)) }).toEqual({
          code,
          found: [],
        });
      }
    },
  );

  it('have a case each', () => {
    expect(new Set(STATIC_RULES.map(({ id }) => id))).toEqual(
      new Set(CASES.map(({ rule }) => rule)),
    );
  });

  it('leave tests and other languages alone', () => {
    expect(languageOf('test/a.py')).toBeUndefined();
    expect(languageOf('src/a.spec.ts')).toBeUndefined();
    expect(languageOf('src/a.rb')).toBeUndefined();
    expect(languageOf('src/latest/a.py')).toBe('python');
  });
});
