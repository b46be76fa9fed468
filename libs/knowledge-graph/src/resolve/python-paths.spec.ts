import { describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';
import { PythonPaths } from './python-paths.js';

describe('modules of Python', () => {
  const paths = new PythonPaths(
    new Set(['src/shop/__init__.py', 'src/shop/typing.py', 'tools/run.py', 'tools/json.py']),
  );

  it('are no neighbours inside a package, unless named relatively', () => {
    expect(paths.resolve('src/shop/api.py', 'typing')).toBeNull();
    expect(paths.resolve('src/shop/api.py', '.typing')).toBe('src/shop/typing.py');
    expect(paths.resolve('src/shop/api.py', 'shop.typing')).toBe('src/shop/typing.py');
  });

  it('are neighbours of a script', () => {
    expect(paths.resolve('tools/run.py', 'json')).toBe('tools/json.py');
  });

  it('stand for themselves when imported from their package', async () => {
    const graph = await graphOf({
      'shop/__init__.py': 'name = 1\n',
      'shop/util.py': '',
      'shop/a.py': 'from . import util\n',
      'shop/b.py': 'from shop import name, util\n',
    });
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:shop/a.py -> mod:shop/util.py (exact)',
      'mod:shop/b.py -> mod:shop/__init__.py (exact)',
      'mod:shop/b.py -> mod:shop/util.py (exact)',
    ]);
  });
});
