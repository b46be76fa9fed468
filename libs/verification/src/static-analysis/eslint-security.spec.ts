import { describe, expect, it } from '@jest/globals';
import { isLintable, lintSecurity } from './eslint-security.js';
import { newFindings } from './new-findings.js';

const rules = async (text: string, path = 'src/a.ts') =>
  (await lintSecurity(path, text))?.map(({ line, message }) => `${line} ${message}`);

describe('eslint-plugin-security on a changed file', () => {
  it('finds commands, evaluation and slow expressions at their lines', async () => {
    const text = [
      "import cp from 'node:child_process';",
      'export const run = (x: string) => cp.exec(x);',
      'export const slow = /(a+)+$/;',
      'export const go = (x: string) => eval(x);',
    ].join('\n');
    expect(await rules(text)).toEqual([
      expect.stringMatching(/^2 .*detect-child-process/),
      expect.stringMatching(/^3 .*detect-unsafe-regex/),
      expect.stringMatching(/^4 .*detect-eval-with-expression/),
    ]);
  });

  it('is not switched off by comments, and leaves ordinary code alone', async () => {
    expect(
      await rules('/* eslint-disable */ export const s = /(a+)+$/; // eslint-disable-line'),
    ).toHaveLength(1);
    expect(await rules('export const get = (map: any, key: string) => map[key];')).toEqual([]);
  });

  it('reads JSX in plain JavaScript, type assertions in .ts, and says what it can not read', async () => {
    expect(await rules('export const a = <b>{1}</b>;', 'a.jsx')).toEqual([]);
    expect(await rules('export const a = <b>{1}</b>;', 'a.js')).toEqual([]);
    expect(await rules('export const a = <string>b;', 'a.ts')).toEqual([]);
    expect(await rules('const const;', 'a.js')).toBeUndefined();
  });

  it('compares by code, not by line', async () => {
    const before = 'export const s = /(a+)+$/;\n';
    const moved = `\n\nexport  const s = /(a+)+$/;\nexport const t = /(b+)+$/;\n`;
    const [base = [], head = []] = [
      await lintSecurity('a.ts', before),
      await lintSecurity('a.ts', moved),
    ];
    expect(newFindings(base ?? [], head ?? []).map(({ line }) => line)).toEqual([4]);
  });

  it('leaves tests and other languages to others', () => {
    expect(['src/a.ts', 'a.mjs', 'a.tsx'].every(isLintable)).toBe(true);
    expect(['a.py', 'src/a.spec.ts', 'README.md'].some(isLintable)).toBe(false);
  });
});
