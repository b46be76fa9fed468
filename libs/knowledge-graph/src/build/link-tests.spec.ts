import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

/** `test -> tested (resolution, how)`. */
async function tested(files: Record<string, string>): Promise<string[]> {
  const graph = await graphOf(files);
  return graph.edges
    .filter(({ type }) => type === 'tests')
    .map(
      ({ from, to, metadata }) =>
        `${from.slice(4)} -> ${to.slice(4)} (${String(metadata['resolution'])}, ${String(metadata['by'])})`,
    )
    .sort();
}

describe('tests edges', () => {
  it('go to what a test imports, and not to what other tests share', async () => {
    expect(
      await tested({
        'src/cart.ts': 'export const total = () => 1;\n',
        'test/support/world.ts': 'export const world = 1;\n',
        'test/buying.spec.ts':
          "import { total } from '../src/cart';\nimport { world } from './support/world';\ntotal();\n",
      }),
    ).toEqual(['test/buying.spec.ts -> src/cart.ts (exact, import)']);
  });

  it('go through barrels to the modules whose functions a test calls', async () => {
    expect(
      await tested({
        'src/a.ts': 'export const a = () => 1;\n',
        'src/b.ts': 'export const b = () => 1;\n',
        'src/index.ts': "export * from './a';\nexport * from './b';\n",
        'test/all.test.ts': "import { a } from '../src/index';\na();\n",
      }),
    ).toEqual([
      'test/all.test.ts -> src/a.ts (exact, call)',
      'test/all.test.ts -> src/index.ts (exact, import)',
    ]);
  });

  it('go by name to the file beside, without any import', async () => {
    expect(
      await tested({
        'lib/money.js': 'exports.add = 1;\n',
        'lib/money.spec.js': 'it("adds", () => {});\n',
        'lib/__tests__/paint.test.js': 'it("paints", () => {});\n',
        'lib/paint.js': 'exports.paint = 1;\n',
      }),
    ).toEqual([
      'lib/__tests__/paint.test.js -> lib/paint.js (exact, name)',
      'lib/money.spec.js -> lib/money.js (exact, name)',
    ]);
  });

  it('go by name and place to the mirrored folder, and to a name that is there once', async () => {
    expect(
      await tested({
        'src/main/java/shop/cart/Total.java': 'package shop.cart;\nclass Total {}\n',
        'src/main/java/shop/bill/Total.java': 'package shop.bill;\nclass Total {}\n',
        'src/test/java/shop/cart/TotalTest.java': 'package shop.cart;\nclass TotalTest {}\n',
        'app/store.py': 'x = 1\n',
        'tests/test_store.py': 'def test_x(): pass\n',
      }),
    ).toEqual([
      'src/test/java/shop/cart/TotalTest.java -> src/main/java/shop/cart/Total.java (exact, name)',
      'tests/test_store.py -> app/store.py (name-unique, name)',
    ]);
  });

  it('go nowhere when a name fits several files, or one of another language', async () => {
    expect(
      await tested({
        'a/util.ts': 'export const a = 1;\n',
        'b/util.ts': 'export const b = 1;\n',
        'test/util.spec.ts': 'it("x", () => {});\n',
        'src/other.py': 'x = 1\n',
        'src/other.spec.ts': 'it("x", () => {});\n',
      }),
    ).toEqual([]);
  });
});
