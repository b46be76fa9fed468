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

  it('renames a nested Java type only behind its own type, inside of it, and where it is imported', async () => {
    const { after } = await run(
      {
        'p/Cart.java':
          'package p;\n\nimport java.util.Map;\n\npublic class Cart<T> {\n  Map.Entry<String, Entry> m;\n  public static class Entry {\n    Entry() {}\n  }\n}\n',
        'p/Shop.java':
          'package p;\n\nimport java.util.Map.Entry;\n\nclass Shop {\n  Entry<String, Cart.Entry> a;\n  Cart<String>.Entry b;\n  Map.Entry<String, p.Cart.Entry> c;\n  HttpRequest.Entry d;\n}\n',
        'p/Sub.java': 'package p;\n\nclass Sub extends Cart<String> {\n  Entry a;\n}\n',
        'q/Use.java': 'package q;\n\nimport p.Cart.Entry;\n\nclass Use {\n  Entry a;\n}\n',
        'q/All.java': 'package q;\n\nimport static p.Cart.*;\n\nclass All {\n  Entry a;\n}\n',
        'q/Other.java':
          'package q;\n\nimport z.Cart;\n\nclass Other {\n  Entry a;\n  Cart.Entry b;\n}\n',
      },
      'rename Cart.Entry to Line in p/Cart.java',
    );
    expect(after).toEqual({
      'p/Cart.java':
        'package p;\n\nimport java.util.Map;\n\npublic class Cart<T> {\n  Map.Entry<String, Line> m;\n  public static class Line {\n    Line() {}\n  }\n}\n',
      'p/Shop.java':
        'package p;\n\nimport java.util.Map.Entry;\n\nclass Shop {\n  Entry<String, Cart.Line> a;\n  Cart<String>.Line b;\n  Map.Entry<String, p.Cart.Line> c;\n  HttpRequest.Entry d;\n}\n',
      'p/Sub.java': 'package p;\n\nclass Sub extends Cart<String> {\n  Line a;\n}\n',
      'q/Use.java': 'package q;\n\nimport p.Cart.Line;\n\nclass Use {\n  Line a;\n}\n',
      'q/All.java': 'package q;\n\nimport static p.Cart.*;\n\nclass All {\n  Line a;\n}\n',
    });
  });

  it('renames a nested C# type and no property of that name', async () => {
    const { after } = await run(
      {
        'Cart.cs':
          'namespace Shop;\n\npublic class Cart { public enum Kind { A } Kind k; }\npublic class Node { public int Kind { get; set; } }\n',
        'Use.cs':
          'using Shop;\n\nclass Use { Cart.Kind k; int F(Node n) => n.Kind + (int)Cart.Kind.A + Shop.Cart.Kind.A; }\n',
      },
      'rename Cart.Kind to Sort in Cart.cs',
    );
    expect(after).toEqual({
      'Cart.cs':
        'namespace Shop;\n\npublic class Cart { public enum Sort { A } Sort k; }\npublic class Node { public int Kind { get; set; } }\n',
      'Use.cs':
        'using Shop;\n\nclass Use { Cart.Sort k; int F(Node n) => n.Kind + (int)Cart.Sort.A + Shop.Cart.Sort.A; }\n',
    });
  });

  it.each([
    [
      'an inherited name in a class of another package',
      { 'q/B.java': 'package q;\nclass B extends A {\n  Entry e;\n}\n' },
      /q\/B\.java, line 3, Entry stands in B/,
    ],
    [
      'a subclass before the dot',
      { 'q/B.java': 'package q;\nimport p.A;\nclass B {\n  A.Entry e;\n}\n' },
      /q\/B\.java, line 4, Entry stands behind A/,
    ],
    [
      'an object before new',
      { 'q/B.java': 'package q;\nclass B {\n  Object o = x.new Entry();\n}\n' },
      /q\/B\.java, line 3, Entry belongs to an object/,
    ],
    [
      'a second type of the name',
      { 'q/B.java': 'package q;\nclass B {\n  class Entry {}\n}\n' },
      /q\/B\.java, line 3, too/,
    ],
  ])('refuses to rename a nested type with %s', async (_, more, message) => {
    const files = {
      'p/Cart.java': 'package p;\npublic class Cart {\n  public class Entry {}\n}\n',
      'p/A.java': 'package p;\npublic class A extends Cart {}\n',
      ...more,
    };
    await expect(run(files, 'rename Cart.Entry to Line in p/Cart.java')).rejects.toThrow(message);
  });

  it('leaves the names of properties, arguments, elements and labels alone', async () => {
    const { after } = await run(
      {
        'Order.cs': 'namespace Shop;\npublic class Order { }\n',
        'Use.cs': [
          'using Shop;',
          '[DataMember(Order = 1)]',
          'class Use {',
          '  object a = new { Order = o, X = new Order() };',
          '  object b = new { Order };',
          '  object c = new Problem { Order = 500, N = { typeof(Order) } };',
          '  void F() { Call(Order: 1); var s = r with { Order = 2 }; var t = n?.Order; }',
          '  bool G(object r) => r is Resp { Order: 3 } || r is Order || r is Resp { Order.X: 1 };',
          '}',
          '',
        ].join('\n'),
      },
      'rename Order to Purchase in Order.cs',
    );
    expect(after['Use.cs']?.split('\n')).toEqual([
      'using Shop;',
      '[DataMember(Order = 1)]',
      'class Use {',
      '  object a = new { Order = o, X = new Purchase() };',
      '  object b = new { Order };',
      '  object c = new Problem { Order = 500, N = { typeof(Purchase) } };',
      '  void F() { Call(Order: 1); var s = r with { Order = 2 }; var t = n?.Order; }',
      '  bool G(object r) => r is Resp { Order: 3 } || r is Purchase || r is Resp { Order.X: 1 };',
      '}',
      '',
    ]);
    const java = await run(
      {
        'p/Status.java': 'package p;\nclass Status {}\n',
        'p/Use.java':
          'package p;\n@ApiModel(Status = 1)\nclass Use { Status s; void f() { Status: for (;;) break Status; } }\n',
      },
      'rename Status to State in p/Status.java',
    );
    expect(java.after['p/Use.java']).toBe(
      'package p;\n@ApiModel(Status = 1)\nclass Use { State s; void f() { Status: for (;;) break Status; } }\n',
    );
  });

  it('refuses a C# type whose name is a value there', async () => {
    await expect(
      run(
        {
          'Order.cs': 'namespace Shop;\npublic class Order { }\n',
          'Use.cs': 'using Shop;\nclass Use : Lib {\n  void F() { Call(Order); }\n}\n',
        },
        'rename Order to Purchase in Order.cs',
      ),
    ).rejects.toThrow(/Use\.cs, line 3, Order is also the name of a variable or member/);
  });

  it('renames the short form of a C# attribute with it, or refuses', async () => {
    const files = {
      'Audit.cs': 'namespace Shop;\npublic class AuditAttribute : Attribute { }\n',
      'Use.cs':
        'using Shop;\n[Audit]\nclass Use {\n  [Shop.Audit, AuditAttribute] int a;\n  [return: Audit(1)] int F(Audit b) => 1;\n}\n',
      'Other.cs': 'namespace Elsewhere;\n[Audit]\nclass Other { }\n',
    };
    const { after } = await run(files, 'rename AuditAttribute to TrailAttribute in Audit.cs');
    expect(after).toEqual({
      'Audit.cs': 'namespace Shop;\npublic class TrailAttribute : Attribute { }\n',
      'Use.cs':
        'using Shop;\n[Trail]\nclass Use {\n  [Shop.Trail, TrailAttribute] int a;\n  [return: Trail(1)] int F(Audit b) => 1;\n}\n',
    });
    await expect(run(files, 'rename AuditAttribute to Trail in Audit.cs')).rejects.toThrow(
      /Use\.cs, line 2, AuditAttribute is written as \[Audit\]/,
    );
    const taken = { ...files, 'Trail.cs': 'class Trail { }\n' };
    await expect(run(taken, 'rename AuditAttribute to TrailAttribute in Audit.cs')).rejects.toThrow(
      /name Trail is taken in Trail\.cs/,
    );
  });

  it.each(['A.java', 'A.cs'])('refuses a word of the language as a name in %s', async (path) => {
    await expect(run({ [path]: 'class A {}\n' }, `rename A to class in ${path}`)).rejects.toThrow(
      /class is a word of the language/,
    );
  });
});
