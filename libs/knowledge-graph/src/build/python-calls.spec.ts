import { describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

const STORE = `class Store:
    def find_all(self):
        pass

    def setdefault(self, key):
        pass
`;

async function callsOf(text: string): Promise<string[]> {
  const graph = await graphOf({ 'store.py': STORE, 'use.py': text });
  return edgesOf(graph, 'calls').map((one) => one.replace(/(?:sym|mod):use\.py#?/, ''));
}

describe('calls of Python', () => {
  it('are seen inside of formatted strings', async () => {
    const text = 'def name():\n    return 1\n\ndef show():\n    return f"the {name()!r}"\n';
    expect(await callsOf(text)).toEqual(['show -> sym:use.py#name (exact)']);
  });

  it('reach attributes that hold an annotated parameter, optional or quoted ones too', async () => {
    const text = `from store import Store

class Page:
    def __init__(self, a: Store, b: "Store | None" = None):
        self.a = a
        self.b = b

    def one(self):
        self.a.find_all()

    def two(self):
        self.b.find_all()
`;
    expect(await callsOf(text)).toEqual([
      'Page.one -> sym:store.py#Store.find_all (typed)',
      'Page.two -> sym:store.py#Store.find_all (typed)',
    ]);
  });

  it('take a bare name for a module, not for the attribute of the same name', async () => {
    const graph = await graphOf({
      'cli.py': 'class Group:\n    def load(self):\n        pass\n\ndef load():\n    pass\n',
      'app.py': `import cli

class App:
    def __init__(self):
        self.cli = cli.Group()

    def run(self):
        cli.load()
`,
    });
    expect(edgesOf(graph, 'calls')).toContain('sym:app.py#App.run -> sym:cli.py#load (exact)');
  });

  it('keep the variables of a method apart from the attributes of the class', async () => {
    const text = `from store import Store

class Page:
    def one(self):
        held = Store()

    def two(self):
        self.held.find_all()
`;
    expect(await callsOf(text)).toEqual([
      'Page.one -> sym:store.py#Store (exact)',
      'Page.two -> sym:store.py#Store.find_all (name-unique)',
    ]);
  });

  it('are not guessed where a class of the standard library has a method of that name', async () => {
    expect(await callsOf('def keep(cache):\n    cache.setdefault(1)\n')).toEqual([]);
  });
});
