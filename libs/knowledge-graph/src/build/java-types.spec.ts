import { describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

describe('types of Java', () => {
  it('named in the head of a class are not those declared inside of it', async () => {
    const graph = await graphOf({
      'a/Builder.java': 'package a; public interface Builder<T> { T build(); }\n',
      'a/Page.java': `package a;
class Page implements Builder<String> {
  static class Builder { }
  public String build() { return ""; }
}
`,
    });
    expect(edgesOf(graph, 'imports')).toEqual(['mod:a/Page.java -> mod:a/Builder.java (exact)']);
    expect(edgesOf(graph, 'implements')).toEqual([
      'sym:a/Page.java#Page -> sym:a/Builder.java#Builder (exact)',
    ]);
  });

  it('are found by their whole name, without an import', async () => {
    const graph = await graphOf({
      'a/Item.java': 'package a; public class Item { public static class Part { } }\n',
      'b/Item.java': 'package b; public class Item { }\n',
      'c/Use.java': 'package c; class Use { a.Item.Part part; java.util.Map.Entry entry; }\n',
      'c/Entry.java': 'package c; class Entry { }\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual(['mod:c/Use.java -> mod:a/Item.java (exact)']);
  });

  it('that extend each other in a circle end the search for a member that none of them has', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `T${at}`);
    const graph = await graphOf({
      ...Object.fromEntries(
        names.map((name) => [
          `a/${name}.java`,
          `package a; public interface ${name} extends ${names.filter((one) => one !== name).join(', ')} { void own${name}(); }\n`,
        ]),
      ),
      'a/Use.java': 'package a; class Use { void run(T0 t) { t.missing(); t.ownT11(); } }\n',
    });
    expect(edgesOf(graph, 'calls')).toEqual([
      'sym:a/Use.java#Use.run -> sym:a/T11.java#T11.ownT11 (typed)',
    ]);
  });
});
