import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';
import { assessImpact } from '../impact/assess-impact.js';
import { GraphQueries } from '../query/graph-queries.js';

/** Names that a project offers, with the package that does. */
async function offered(files: Record<string, string>): Promise<string[]> {
  const queries = new GraphQueries(await graphOf(files));
  return queries.graph.symbols
    .filter((one) => queries.publicApi(one) !== null)
    .map((one) => `${String(queries.publicApi(one))}: ${String(one.metadata['qualified'])}`)
    .sort();
}

const source = {
  'src/index.ts': "export * from './url';\nexport { hidden as shown } from './inner';\n",
  'src/url.ts':
    'export function join() {}\nexport class Url {\n  append() {}\n  private parts() {}\n}\nfunction own() {}\n',
  'src/inner.ts': 'export function hidden() {}\nexport function internal() {}\n',
};

describe('the public API', () => {
  it('of an npm package is what its entry passes on, whatever the entry is built to', async () => {
    const manifest = {
      name: 'urls',
      exports: { '.': { types: './dist/index.d.ts', import: './dist/index.mjs' } },
    };
    const names = ['urls: Url', 'urls: Url.append', 'urls: hidden', 'urls: join'];
    expect(await offered({ ...source, 'package.json': JSON.stringify(manifest) })).toEqual(names);
    const old = { name: 'urls', main: 'dist/index.js' };
    expect(await offered({ ...source, 'package.json': JSON.stringify(old) })).toEqual(names);
  });

  it('of what nobody can install is empty', async () => {
    const manifest = JSON.stringify({ name: 'urls', main: 'dist/index.js', private: true });
    expect(await offered({ ...source, 'package.json': manifest })).toEqual([]);
    expect(await offered(source)).toEqual([]);
  });

  it('of a Python package is what its __init__ has and does not hide', async () => {
    const files = {
      'pyproject.toml': '[project]\nname = "my-shop"\nversion = "1"\n',
      'src/my_shop/__init__.py':
        'from .cart import Cart, _secret\n\ndef version():\n    return 1\n\ndef _own():\n    return 2\n',
      'src/my_shop/cart.py':
        'class Cart:\n    pass\n\ndef _secret():\n    pass\n\ndef inside():\n    pass\n',
    };
    expect(await offered(files)).toEqual(['my-shop: Cart', 'my-shop: version']);
    const example = {
      'examples/kiosk/pyproject.toml': '[project]\nname = "kiosk"\n',
      'examples/kiosk/kiosk/__init__.py': 'from my_shop import Cart\n',
    };
    expect(await offered({ ...files, ...example })).toEqual(['my-shop: Cart', 'my-shop: version']);
  });

  it('of a Python package whose modules star-import it again is read once a module', async () => {
    const modules = Array.from({ length: 40 }, (_, index) => `m${index}`);
    const files = Object.fromEntries(
      modules.map((name) => [
        `many/${name}.py`,
        `from many import *\nfrom many import missing\n\ndef of_${name}():\n    return print(missing)\n`,
      ]),
    );
    const names = await offered({
      ...files,
      'pyproject.toml': '[project]\nname = "many"\n',
      'many/__init__.py': modules.map((name) => `from .${name} import *\n`).join(''),
    });
    expect(names).toEqual(modules.map((name) => `many: of_${name}`).sort());
  });

  it('makes a change to it riskier, and says why', async () => {
    const change = { targets: ['src/url.ts'], symbols: ['join'] };
    const manifest = { 'package.json': '{"name":"urls","main":"dist/index.js"}' };
    const inside = assessImpact(await graphOf(source), change);
    const outside = assessImpact(await graphOf({ ...source, ...manifest }), change);
    expect(outside.score).toBe(inside.score + 15);
    expect(outside.reasons).toContain(
      'Part of the public API of urls (join): who uses it outside this repository is not in the graph',
    );
    expect(inside.reasons.join()).not.toContain('public API');
  });
});
