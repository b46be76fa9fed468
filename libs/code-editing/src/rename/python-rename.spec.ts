import { afterEach, describe, expect, it } from '@jest/globals';
import type { ProjectGraph } from '@hil/contracts';
import { EMPTY_GRAPH, Projects } from '../fixtures/project.js';
import { Overlay, renameSymbol } from '../index.js';

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

describe('rename in Python', () => {
  it('follows imports, aliases, modules, re-exports and __all__, and respects scopes', async () => {
    const { after } = await run(
      {
        'pkg/__init__.py': "from .core import area\n\n__all__ = ['area']\n",
        'pkg/core.py':
          'def area(r):\n    return r\n\n\ndef other(area):\n    return area\n\n\nx = area(1)\n',
        'app.py':
          "from pkg import area\nimport pkg.core as c\nimport pkg.core\n\nprint(area(1), c.area(2), pkg.core.area(3), 'area', c.x.area)\n",
        'alias.py':
          'from pkg.core import area as a\n\nprint(a(1))\n\n\ndef f():\n    area = 1\n    return area\n',
      },
      'rename area to surface in pkg/core.py',
    );
    expect(after).toEqual({
      'pkg/__init__.py': "from .core import surface\n\n__all__ = ['surface']\n",
      'pkg/core.py':
        'def surface(r):\n    return r\n\n\ndef other(area):\n    return area\n\n\nx = surface(1)\n',
      'app.py':
        "from pkg import surface\nimport pkg.core as c\nimport pkg.core\n\nprint(surface(1), c.surface(2), pkg.core.surface(3), 'area', c.x.area)\n",
      'alias.py':
        'from pkg.core import surface as a\n\nprint(a(1))\n\n\ndef f():\n    area = 1\n    return area\n',
    });
  });

  it.each([
    '__all__ = list(["area"])',
    '__all__ = tuple(sorted(["area"]))',
    '__all__ += list(("area",))',
    '__all__.extend(list(["area"]))',
  ])('follows it into an __all__ that a call makes: %s', async (line) => {
    const text = `__all__ = []\n\n\ndef area():\n    return list(["area"])\n\n\n${line}\n`;
    const { after } = await run({ 'a.py': text }, 'rename area to surface in a.py');
    expect(after['a.py']).toBe(
      `__all__ = []\n\n\ndef surface():\n    return list(["area"])\n\n\n${line.replace('area', 'surface')}\n`,
    );
  });

  it('leaves what a class pattern names alone, and stops where that may be the member', async () => {
    const files = {
      'a.py': 'area = 1\n\n\nclass P:\n    @property\n    def area(self):\n        return 2\n',
      'b.py':
        'from a import P, area\n\n\ndef f(p):\n    match p:\n        case P(area=x):\n            return x + area\n',
    };
    const { after } = await run(files, 'rename area to size in a.py');
    expect(after['b.py']).toBe(
      'from a import P, size\n\n\ndef f(p):\n    match p:\n        case P(area=x):\n            return x + size\n',
    );
    await expect(run(files, 'rename P.area to size in a.py')).rejects.toThrow(
      /b\.py, line 6, has a pattern with area=/,
    );
  });

  it('follows a name that is passed on under its own name, `from m import X as X`', async () => {
    const { after } = await run(
      {
        'pkg/__init__.py': 'from .app import Site as Site\nfrom .app import run as start\n',
        'pkg/app.py': 'class Site:\n    pass\n\n\ndef run():\n    return Site()\n',
        'test_a.py': 'import pkg\nfrom pkg import Site\n\nprint(pkg.Site(), Site())\n',
      },
      'rename Site to Place in pkg/app.py',
    );
    expect(after).toEqual({
      'pkg/__init__.py': 'from .app import Place as Place\nfrom .app import run as start\n',
      'pkg/app.py': 'class Place:\n    pass\n\n\ndef run():\n    return Place()\n',
      'test_a.py': 'import pkg\nfrom pkg import Place\n\nprint(pkg.Place(), Place())\n',
    });
  });

  it('tells a type variable its new name, and no other string', async () => {
    const { after } = await run(
      {
        'pkg/core.py':
          'import typing as t\n\nV = t.TypeVar("V")\nlabel = str("V")\n\n\nclass Box(t.Generic[V]):\n    pass\n',
      },
      'rename V to Value in pkg/core.py',
    );
    expect(after['pkg/core.py']).toBe(
      'import typing as t\n\nValue = t.TypeVar("Value")\nlabel = str("V")\n\n\nclass Box(t.Generic[Value]):\n    pass\n',
    );
  });

  it('follows a module that is reached through its imported package', async () => {
    const { after } = await run(
      {
        'src/pkg/__init__.py': 'from . import utils\n',
        'src/pkg/utils.py': 'def help_text():\n    return 1\n',
        'test_a.py': 'import pkg\n\npkg.utils.help_text()\npkg.other.help_text()\n',
        'test_b.py':
          'import pkg as p\n\np.utils.help_text()\n\n\ndef f(p):\n    p.utils.help_text()\n',
      },
      'rename help_text to short_text in src/pkg/utils.py',
    );
    expect(after['test_a.py']).toBe(
      'import pkg\n\npkg.utils.short_text()\npkg.other.help_text()\n',
    );
    expect(after['test_b.py']).toBe(
      'import pkg as p\n\np.utils.short_text()\n\n\ndef f(p):\n    p.utils.help_text()\n',
    );
  });

  it('knows that a class body sees the outer name until it binds its own', async () => {
    const { after } = await run(
      { 'a.py': 'class E: pass\nclass B:\n    E = E\n    y = E\n    def f(self): return E\n' },
      'rename E to Fault in a.py',
    );
    expect(after['a.py']).toBe(
      'class Fault: pass\nclass B:\n    E = Fault\n    y = E\n    def f(self): return Fault\n',
    );
  });

  it('refuses a taken name and a shadowed use', async () => {
    await expect(
      run({ 'a.py': 'def f(): pass\nlist(f)\n' }, 'rename f to list in a.py'),
    ).rejects.toThrow(/list is taken/);
    await expect(
      run({ 'a.py': 'def f(): pass\ndef g(h):\n    return f\n' }, 'rename f to h in a.py'),
    ).rejects.toThrow(/local name/);
  });

  it('renames a method of a unique name, and refuses one that two classes have', async () => {
    const one = {
      'a.py': 'class A:\n    def area_of(self):\n        return 1\n',
      'b.py': 'from a import A\nA().area_of()\n',
    };
    expect((await run(one, 'rename A.area_of to size_of in a.py')).after['b.py']).toBe(
      'from a import A\nA().size_of()\n',
    );
    const two = { ...one, 'c.py': 'class B:\n    def area_of(self):\n        return 1\n' };
    await expect(run(two, 'rename A.area_of to size_of in a.py')).rejects.toThrow(/more than once/);
  });
});

const RENAME = 'rename User to Person in a.py';

describe('types written as strings in Python', () => {
  it('are renamed where a type checker reads them: in annotations, cast, TypeVar and NewType', async () => {
    const text = [
      'import typing as t',
      'class User: ...',
      'T = t.TypeVar("T", bound="User")',
      'U = t.TypeVar("U", "User", "int")',
      'Id = t.NewType("User", "User")',
      'def f(u: "User") -> "list[User]":',
      '    return t.cast("list[User]", [u, "User"])',
      '',
    ].join('\n');
    expect((await run({ 'a.py': text }, RENAME)).after['a.py']).toBe(
      [
        'import typing as t',
        'class Person: ...',
        'T = t.TypeVar("T", bound="Person")',
        'U = t.TypeVar("U", "Person", "int")',
        'Id = t.NewType("User", "Person")',
        'def f(u: "Person") -> "list[Person]":',
        '    return t.cast("list[Person]", [u, "User"])',
        '',
      ].join('\n'),
    );
  });

  it('are renamed in files that import the class, and text that only looks like one stays', async () => {
    const { after } = await run(
      {
        'a.py': 'class User: ...\n',
        'b.py': 'from typing import cast\nfrom a import User\n\nx = cast("User", print("User"))\n',
      },
      RENAME,
    );
    expect(after['b.py']).toBe(
      'from typing import cast\nfrom a import Person\n\nx = cast("Person", print("User"))\n',
    );
  });
});

describe('references that the graph knows', () => {
  const symbol = { moduleId: 'a', name: 'User', metadata: {} };
  const edge = (from: string, resolution: string) => ({
    from,
    to: 'a#User',
    type: 'calls',
    metadata: { resolution },
  });
  const graph = {
    ...EMPTY_GRAPH,
    modules: ['a', 'b', 'c', 'd'].map((id) => ({ id, path: `${id}.py` })),
    symbols: [{ ...symbol, id: 'a#User' }],
    edges: [edge('b', 'exact'), edge('c', 'exact'), edge('d', 'name-unique')],
  } as unknown as ProjectGraph;

  it('are told where the rename changes nothing', async () => {
    const files = {
      'a.py': 'class User: ...\n',
      'b.py': 'from a import User\n',
      'c.py': 'import somewhere\n\nsomewhere.User()\n',
      'd.py': 'User = 1\n',
    };
    const overlay = await Overlay.open(await projects.make(files));
    const { signal } = new AbortController();
    const context = { overlay, files: Object.keys(files), graph, signal };
    const request = { path: 'a.py', symbol: 'User', newName: 'Person' };
    expect((await renameSymbol(request, context)).notes).toEqual([
      'The graph knows a reference to User in c.py, where nothing is renamed; look at it before you approve.',
    ]);
  });
});
