import { describe, expect, it } from '@jest/globals';
import { callsKeys, type KeyedFile } from './calls-keys.js';
import { componentsOf } from './components.js';

/** Files that import in a row, `a` from `b` from `c`, and one that nobody imports. */
const FILES = ['a', 'b', 'c', 'apart'].map((path): KeyedFile => {
  return { path, blobId: `${path}1`, surface: `${path}1`, isGlobal: false };
});
const IMPORTS = new Map([
  ['a', new Map([['./b', 'b']])],
  ['b', new Map([['./c', 'c']])],
]);

/** The files that get another key when one of them is another. */
function changedBy(path: string, change: Partial<KeyedFile>): string[] {
  const before = callsKeys(FILES, IMPORTS);
  const files = FILES.map((file) => (file.path === path ? { ...file, ...change } : file));
  const after = callsKeys(files, IMPORTS);
  return [...before.keys()].filter((one) => before.get(one) !== after.get(one));
}

describe('the key of the calls of a file', () => {
  it('is another when its content is, and when the types of what it reaches look different', () => {
    expect(changedBy('c', { blobId: 'c2' })).toEqual(['c']);
    expect(changedBy('c', { blobId: 'c2', surface: 'c2' })).toEqual(['a', 'b', 'c']);
    expect(changedBy('a', { blobId: 'a2', surface: 'a2' })).toEqual(['a']);
  });

  it('is another for every file when one that reaches everywhere is', () => {
    expect(changedBy('apart', { isGlobal: true })).toEqual(['a', 'b', 'c', 'apart']);
  });

  it('is another when an import means another file, also further down', () => {
    const before = callsKeys(FILES, IMPORTS);
    const moved = new Map(IMPORTS).set('b', new Map([['./c', 'apart']]));
    const after = callsKeys(FILES, moved);
    expect(['a', 'b'].map((path) => before.get(path) === after.get(path))).toEqual([false, false]);
    expect(after.get('c')).toBe(before.get('c'));
    expect(callsKeys(FILES, IMPORTS)).toEqual(before);
  });

  it('follows imports in a circle', () => {
    const circle = new Map(IMPORTS).set('c', new Map([['./a', 'a']]));
    const keys = (surface: string) =>
      callsKeys(
        FILES.map((file) => (file.path === 'a' ? { ...file, surface } : file)),
        circle,
      );
    const [before, after] = [keys('a1'), keys('a2')];
    const changed = [...before.keys()].filter((one) => before.get(one) !== after.get(one));
    expect(changed).toEqual(['a', 'b', 'c']);
  });
});

describe('components of a graph', () => {
  it('hold what points to each other, each after what it points to, in chains of any length', () => {
    const edges: Record<string, string[]> = {
      a: ['b'],
      b: ['c', 'd'],
      c: ['a'],
      d: ['d', 'e'],
      e: [],
    };
    const found = componentsOf(Object.keys(edges), (node) => edges[node] ?? []);
    expect(found.map((one) => one.sort())).toEqual([['e'], ['d'], ['a', 'b', 'c']]);
    const chain = Array.from({ length: 50_000 }, (_, n) => String(n));
    const next = (node: string) => (Number(node) < 49_999 ? [String(Number(node) + 1)] : []);
    expect(componentsOf(chain, next)).toHaveLength(50_000);
  });
});
