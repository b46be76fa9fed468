import { describe, expect, it } from '@jest/globals';
import type { SourceLanguage } from '../syntax/language.js';
import { extractFile } from './extract-file.js';

async function surfaceOf(text: string, language: SourceLanguage = 'typescript') {
  const { types } = await extractFile(language, Buffer.from(text));
  if (types === null) throw new Error('no types');
  return types;
}

/** True when other files can tell the texts apart. */
async function shows(before: string, after: string, language?: SourceLanguage): Promise<boolean> {
  const [one, other] = [await surfaceOf(before, language), await surfaceOf(after, language)];
  return one.surface !== other.surface;
}

describe('what other files see of the types of a file', () => {
  it.each([
    ['a function', 'export function f(): A { return a(X); }'],
    ['a function after one that is hidden', 'function g(): void { a(); }\nfunction f(): A { X; }'],
    ['a method', 'export class C { run(x = 1): Promise<A> { return X; } }'],
    ['an arrow function', 'export const f = (): A => { return X; };'],
    ['a function inside of one', 'export function f(): A { const g = (): B => { X; }; }'],
  ])('is not the body of %s whose return type is written', async (_, text) => {
    expect(await shows(text, text.replace('X', 'y.z()\n'))).toBe(false);
    expect(await shows(text, `${text}\nexport const more = 1;`)).toBe(true);
  });

  it.each([
    ['the body of a function without one', 'export function f() { return X; }'],
    ['an expression', 'export const f = (): A => X;'],
    ['a default', 'export function f(a = X): A { return a; }'],
    ['a constructor', 'export class C { x; constructor() { this.x = X; } }'],
    ['a return type', 'export function f(): X { return a; }'],
    ['a body in a text with errors', 'export function f(): A { return X; } }{'],
  ])('is %s', async (_, text) => {
    expect(await shows(text, text.replaceAll('X', 'Y'))).toBe(true);
  });

  it('is all of a JavaScript file, whose bodies may add to what is around them', async () => {
    expect(
      await shows('export function f() { this.x = 1; }', 'export function f() {}', 'javascript'),
    ).toBe(true);
  });

  it('tells what reaches into every file', async () => {
    const reaching = [
      'interface Window { a: 1 }',
      'export {};\ndeclare global { interface Window { a: 1 } }',
      "export {};\ndeclare module './a.js' { interface A { b: 1 } }",
      'export as namespace All;',
    ];
    for (const text of reaching) expect(await surfaceOf(text)).toMatchObject({ isGlobal: true });
    expect(await surfaceOf('export const a = 1;')).toMatchObject({ isGlobal: false });
    const required = "const a = require('./a.js');\nmodule.exports = a;";
    expect(await surfaceOf(required, 'javascript')).toMatchObject({ isGlobal: false });
  });
});
