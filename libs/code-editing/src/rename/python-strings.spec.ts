import { afterEach, describe, expect, it } from '@jest/globals';
import { Projects } from '../fixtures/project.js';

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

describe('names of Python symbols in strings', () => {
  const project = {
    'pyproject.toml':
      '[project.scripts]\narea = "pkg.core:area"\nother = "pkg.other:area"\nfar = "far.core:area"\n',
    'src/pkg/__init__.py': "from .core import area\n\n__all__ = []\n__all__.extend(['area'])\n",
    'src/pkg/core.py':
      "import sys\n\n\ndef area(r):\n    return globals()['area'] or getattr(sys.modules[__name__], 'area')\n",
    'src/pkg/other.py': 'def area():\n    return 1\n',
    'src/pkg/shape.py':
      'class Shape:\n    def area_of(self):\n        return getattr(self, "area")\n',
  };
  const test = [
    'import os',
    'from importlib import import_module',
    'from unittest import mock',
    'import pkg',
    'from pkg import core as c, other',
    'from pkg.shape import Shape',
    '',
    'def test_it(monkeypatch, mocker):',
    '    monkeypatch.setattr(c, "area", lambda r: r)',
    '    monkeypatch.setattr("pkg.core.area", lambda r: r)',
    '    monkeypatch.delattr(pkg, "area", raising=False)',
    '    with mock.patch("pkg.area", new=1), mock.patch.object(pkg.core, "area"):',
    '        assert hasattr(c, "area") and vars(c)["area"] and c.__dict__["area"]',
    '    with mock.patch.multiple(c, area=1), mock.patch.multiple("pkg.core", area=2):',
    '        pass',
    '    shape = Shape()',
    '    getattr(other, "area"), getattr(os, "area"), getattr(Shape, "area"), getattr(shape, "area")',
    '    mock.patch("pkg.other.area"), print("area"), setattr(shape, "name", "area")',
    '',
  ].join('\n');

  it('are renamed where they name it with certainty, and nowhere else', async () => {
    const { after } = await run(
      { ...project, 'tests/test_a.py': test },
      'rename area to surface in src/pkg/core.py',
    );
    expect(after).toEqual({
      'pyproject.toml':
        '[project.scripts]\narea = "pkg.core:surface"\nother = "pkg.other:area"\nfar = "far.core:area"\n',
      'src/pkg/__init__.py':
        "from .core import surface\n\n__all__ = []\n__all__.extend(['surface'])\n",
      'src/pkg/core.py':
        "import sys\n\n\ndef surface(r):\n    return globals()['surface'] or getattr(sys.modules[__name__], 'surface')\n",
      'tests/test_a.py': test
        .split('\n')
        .map((line, index) => {
          if (index < 8 || index > 13) return line;
          return line.replace(/"area"/g, '"surface"').replace(/\.area"/g, '.surface"').replace(/ area=/g, ' surface='); // prettier-ignore
        })
        .join('\n'),
    });
  });

  it.each([
    ['unpacked', 'mod, rest = load()'],
    ['looped over', 'for mod, rest in load():\n    pass'],
    ['opened', 'with load() as mod:\n    pass'],
    ['augmented', 'mod += load()'],
    ['matched', 'match load():\n    case [1, *mod]:\n        pass'],
    ['matched as', 'match load():\n    case (1 | 2) as mod:\n        pass'],
    ['matched by field', 'match load():\n    case Shape(x=mod):\n        pass'],
  ])('stop the rename when the object may be %s after its assignment', async (_what, binding) => {
    const text = `mod = None\n${binding}\ngetattr(mod, "area")\n`;
    const renaming = run({ ...project, 't.py': text }, 'rename area to surface in src/pkg/core.py');
    await expect(renaming).rejects.toThrow('(getattr(mod, "area"))');
  });

  it('stay when the object is assigned once to what is no module', async () => {
    const text = 'mod = None\ngetattr(mod, "area")\n';
    const files = { ...project, 't.py': text };
    const { after } = await run(files, 'rename area to surface in src/pkg/core.py');
    expect(after['t.py']).toBeUndefined();
  });

  it.each([
    ['getattr of an unknown object', 'def f(x):\n    return getattr(x, "area")\n', 't.py:2'],
    ['a keyword of an unknown object', 'from unittest.mock import patch\npatch.multiple(load(), area=1)\n', 't.py:2'], // prettier-ignore
    ['a whole path that no known call takes', 'LAZY = ["pkg.core.area"]\n', 't.py:1'],
    ['a comparison with the name of a type', 'assert f.__name__ == "area"\n', 't.py:1'],
  ])('stop the rename when only a run would tell: %s', async (_what, text, place) => {
    const files = { ...project, 't.py': text };
    const refused = run(files, 'rename area to surface in src/pkg/core.py');
    await expect(refused).rejects.toThrow(`${place} (`);
    await expect(refused).rejects.toThrow('rename area to surface, keep strings');
    const { after, lookAlikes } = await run(
      files,
      'rename area to surface in src/pkg/core.py, keep strings',
    );
    expect(after['t.py']).toBeUndefined();
    expect(after['src/pkg/core.py']).toContain("globals()['surface']");
    expect(lookAlikes.map(({ path, line }) => `${path}:${line}`)).toContain(place);
  });

  it('of members follow the class and its objects, and leave modules alone', async () => {
    const files = {
      ...project,
      't.py':
        'from unittest import mock\nfrom pkg import core\nfrom pkg.shape import Shape\n\nmock.patch.object(Shape, "area_of")\nmock.patch("pkg.shape.Shape.area_of")\ngetattr(core, "area_of", None)\n',
    };
    const { after } = await run(files, 'rename Shape.area_of to size_of in src/pkg/shape.py');
    expect(after['t.py']).toBe(
      'from unittest import mock\nfrom pkg import core\nfrom pkg.shape import Shape\n\nmock.patch.object(Shape, "size_of")\nmock.patch("pkg.shape.Shape.size_of")\ngetattr(core, "area_of", None)\n',
    );
  });

  it('that stand for parameters stop it: of fixtures, and of fields that are passed by keyword', async () => {
    await expect(
      run(
        { 'conftest.py': 'import pytest\n\n\n@pytest.fixture()\ndef client():\n    return 1\n' },
        'rename client to agent in conftest.py',
      ),
    ).rejects.toThrow(/conftest\.py, line 4, is a fixture/);
    await expect(
      run(
        {
          'a.py': 'from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    wide: int\n',
          'b.py': 'from a import P\n\nP(wide=1)\n',
        },
        'rename P.wide to width in a.py',
      ),
    ).rejects.toThrow(/b\.py, line 3, passes wide by keyword/);
  });
});

describe('the path of a Python module that moves', () => {
  it('is rewritten in what takes paths and in entry points; other strings that lead to it are told', async () => {
    const { after, plan } = await run(
      {
        'pyproject.toml': '[project.scripts]\nrun = "pkg.core:main"\n',
        'pkg/__init__.py': '',
        'pkg/core.py': 'def main():\n    return 1\n',
        'test_a.py':
          'from unittest import mock\nimport importlib\nimport logging\n\nmock.patch("pkg.core.main")\nimportlib.import_module("pkg.core")\nlogging.getLogger("pkg.core")\nmock.patch("pkg.core_of.main")\n',
      },
      'move pkg/core.py to pkg/heart.py',
    );
    expect(after['pyproject.toml']).toBe('[project.scripts]\nrun = "pkg.heart:main"\n');
    expect(after['test_a.py']).toBe(
      'from unittest import mock\nimport importlib\nimport logging\n\nmock.patch("pkg.heart.main")\nimportlib.import_module("pkg.heart")\nlogging.getLogger("pkg.core")\nmock.patch("pkg.core_of.main")\n',
    );
    expect(plan.notes).toContain('strings that lead to pkg/core.py: test_a.py:7');
  });
});
