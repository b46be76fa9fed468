import { afterEach, describe, expect, it } from '@jest/globals';
import { Projects } from '../fixtures/project.js';

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

describe('rename in Java and C#', () => {
  const java = {
    'src/main/java/p/Cart.java':
      'package p;\n\npublic class Cart {\n  public Cart() {}\n  public int grandTotal(int a) { return a; }\n}\n',
    'src/main/java/p/Shop.java':
      'package p;\n\nclass Shop {\n  Cart cart = new Cart();\n  int x = cart.grandTotal(1);\n}\n',
    'src/main/java/q/Use.java':
      'package q;\n\nimport p.Cart;\n\nclass Use {\n  p.Cart a = new Cart();\n}\n',
    'src/main/java/q/Other.java': 'package q;\n\nimport z.Cart;\n\nclass Other {\n  Cart a;\n}\n',
  };

  it('renames a Java type by package and import, and its file with it', async () => {
    const { after } = await run(java, 'rename Cart to Basket in src/main/java/p/Cart.java');
    expect(after).toEqual({
      'src/main/java/p/Cart.java': null,
      'src/main/java/p/Basket.java':
        'package p;\n\npublic class Basket {\n  public Basket() {}\n  public int grandTotal(int a) { return a; }\n}\n',
      'src/main/java/p/Shop.java':
        'package p;\n\nclass Shop {\n  Basket cart = new Basket();\n  int x = cart.grandTotal(1);\n}\n',
      'src/main/java/q/Use.java':
        'package q;\n\nimport p.Basket;\n\nclass Use {\n  p.Basket a = new Basket();\n}\n',
    });
  });

  it('renames a method of a unique name, and refuses a call that does not fit', async () => {
    const { after } = await run(java, 'rename Cart.grandTotal to sum in src/main/java/p/Cart.java');
    expect(after['src/main/java/p/Shop.java']).toContain('cart.sum(1)');
    const odd = {
      ...java,
      'src/main/java/q/X.java': 'package q;\nclass X { int y = lib.grandTotal(1, 2); }\n',
    };
    await expect(
      run(odd, 'rename Cart.grandTotal to sum in src/main/java/p/Cart.java'),
    ).rejects.toThrow(/X\.java, line 2/);
  });

  it('renames a C# type by namespace and using', async () => {
    const { after } = await run(
      {
        'Cart.cs':
          'namespace Shop.Core;\n\npublic class Cart\n{\n    public Cart() { }\n    public static Cart Make() => new Cart();\n}\n',
        'Use.cs':
          'using Shop.Core;\n\nnamespace App;\n\nclass Use { Cart a = Cart.Make(); Shop.Core.Cart b; List<Cart> c; }\n',
        'Other.cs': 'namespace Elsewhere;\n\nclass Other { Cart a; }\n',
      },
      'rename Cart to Basket in Cart.cs',
    );
    expect(after).toEqual({
      'Cart.cs':
        'namespace Shop.Core;\n\npublic class Basket\n{\n    public Basket() { }\n    public static Basket Make() => new Basket();\n}\n',
      'Use.cs':
        'using Shop.Core;\n\nnamespace App;\n\nclass Use { Basket a = Basket.Make(); Shop.Core.Basket b; List<Basket> c; }\n',
    });
  });

  it.each(['A.java', 'A.cs'])('refuses a word of the language as a name in %s', async (path) => {
    await expect(run({ [path]: 'class A {}\n' }, `rename A to class in ${path}`)).rejects.toThrow(
      /class is a word of the language/,
    );
  });
});
