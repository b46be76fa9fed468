import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectGraph } from '@hil/contracts';
import { isChangeRecipe, parseRecipes } from '@hil/language-models';
import { executeRecipe, planRecipe, type RecipeExecution } from '../index.js';

// Each question to the TypeScript service loads the compiler in a thread of its own.
jest.setTimeout(120_000);

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const graph: ProjectGraph = {
  version: '1.0.0',
  generatedAt: '2026-01-01T00:00:00.000Z',
  gitSha: '0'.repeat(40),
  project: {
    id: 'p',
    name: 'p',
    rootPath: '',
    languages: [],
    frameworks: [],
    buildTools: [],
    summary: '',
    metadata: {},
  },
  features: [],
  modules: [],
  symbols: [],
  endpoints: [],
  edges: [],
  summaries: {},
};

const usesCompiler = (line: string): boolean => /^(?:rename|move|remove).*\.[jt]s\b/.test(line);

async function run(
  files: Record<string, string>,
  line: string,
): Promise<RecipeExecution & { root: string; after: Record<string, string | null> }> {
  const root = await mkdtemp(join(tmpdir(), 'hil-edit-'));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const recipe = parseRecipes(line).recipes.find(isChangeRecipe);
  if (!recipe) throw new Error(`no recipe: ${line}`);
  const workspace = {
    root,
    files: Object.keys(files),
    graph,
    signal: new AbortController().signal,
  };
  const done = await executeRecipe(recipe, workspace);
  if (!usesCompiler(line)) expect(await planRecipe(recipe, workspace)).toEqual(done.plan);
  const after: Record<string, string | null> = {};
  for (const change of await done.overlay.changedFiles()) {
    after[change.path] = change.after;
    if (change.from !== undefined) after[change.from] = null;
  }
  await done.overlay.write();
  for (const [path, text] of Object.entries(after)) {
    expect(await readFile(join(root, path), 'utf8').catch(() => null)).toBe(text);
  }
  return { ...done, root, after };
}

describe('rename in TypeScript', () => {
  const project = {
    'tsconfig.json': '{ "extends": "@missing/base", "compilerOptions": { "strict": true } }',
    'src/cart.ts':
      'export function total(a: number): number {\n  return a;\n}\nexport const same = { total };\n// total in a comment\n',
    'src/index.ts':
      "export { total } from './cart.js';\nexport { total as sum } from './cart.js';\nexport * from './other.js';\n",
    'src/other.ts':
      "import { total as t } from './cart.js';\nimport * as cart from './cart.js';\nexport const x = t(1) + cart.total(2);\n",
    'src/use.js':
      "import { total } from './index.js';\nconst own = (total) => total;\nconsole.log({ total }, total(3), own, 'total');\n",
  };

  it('follows aliases, re-exports, namespaces and shorthand properties, and lists what is only alike', async () => {
    const { after, plan, lookAlikes } = await run(
      project,
      'rename total to grandTotal in src/cart.ts',
    );
    expect(after).toEqual({
      'src/cart.ts':
        'export function grandTotal(a: number): number {\n  return a;\n}\nexport const same = { total: grandTotal };\n// total in a comment\n',
      'src/index.ts':
        "export { grandTotal } from './cart.js';\nexport { grandTotal as sum } from './cart.js';\nexport * from './other.js';\n",
      'src/other.ts':
        "import { grandTotal as t } from './cart.js';\nimport * as cart from './cart.js';\nexport const x = t(1) + cart.grandTotal(2);\n",
      'src/use.js':
        "import { grandTotal } from './index.js';\nconst own = (total) => total;\nconsole.log({ total: grandTotal }, grandTotal(3), own, 'total');\n",
    });
    expect(plan.changes[0]).toBe('Rename total to grandTotal: 9 places in 4 files.');
    expect(lookAlikes).toEqual(
      expect.arrayContaining([{ path: 'src/cart.ts', line: 5, text: '// total in a comment' }]),
    );
  });

  it('refuses a name that is taken at a place of use', async () => {
    const files = {
      'a.ts': 'export const foo = 1;\nexport function f(bar: number) {\n  return foo + bar;\n}\n',
    };
    await expect(run(files, 'rename foo to bar in a.ts')).rejects.toThrow(
      /bar is taken in a\.ts, line 3/,
    );
    await expect(run(files, 'rename foo to f in a.ts')).rejects.toThrow(/taken|breaks/);
  });

  it('refuses a parameter that would capture an outer name', async () => {
    const files = {
      'a.ts': 'const bar = 1;\nexport function f(foo: number) {\n  return foo + bar;\n}\n',
    };
    await expect(run(files, 'rename f.foo to bar in a.ts')).rejects.toThrow(/taken/);
  });

  it('renames a method with its typed calls and leaves another of that name alone', async () => {
    const files = {
      'a.ts': 'export class A {\n  go(): void {}\n}\nexport class B {\n  go(): void {}\n}\n',
      'b.ts': "import { A, B } from './a';\nnew A().go();\nnew B().go();\n",
    };
    const { after } = await run(files, 'rename A.go to run in a.ts');
    expect(after['b.ts']).toBe("import { A, B } from './a';\nnew A().run();\nnew B().go();\n");
    await expect(run(files, 'rename go to run in a.ts')).rejects.toThrow(
      /more than once.*A\.go \(line 2\)/,
    );
  });

  it('says where an imported name is declared, and what is near a wrong one', async () => {
    await expect(run(project, 'rename totl to x in src/cart.ts')).rejects.toThrow(
      /declares no totl/,
    );
    await expect(run(project, 'rename total to x in src/use.js')).rejects.toThrow(
      /imported in src\/use\.js.*index\.js/,
    );
    await expect(run(project, 'rename total to x in src/crt.ts')).rejects.toThrow(
      /Did you mean src\/cart\.ts/,
    );
  });
});

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
});

describe('move', () => {
  it('rewrites relative imports of a TypeScript file and of its importers', async () => {
    const { after } = await run(
      {
        'src/a.ts': "import { b } from './b.js';\nexport const a = b;\n",
        'src/b.ts': 'export const b = 1;\n',
        'src/c/d.ts': "import { a } from '../a.js';\nexport const d = a;\n",
      },
      'move src/a.ts to src/c/a.ts',
    );
    expect(after).toEqual({
      'src/a.ts': null,
      'src/c/a.ts': "import { b } from '../b.js';\nexport const a = b;\n",
      'src/c/d.ts': "import { a } from './a.js';\nexport const d = a;\n",
    });
  });

  it('rewrites absolute and relative imports of a Python module', async () => {
    const { after } = await run(
      {
        'p/__init__.py': '',
        'p/a.py': 'from .b import y\nx = y\n',
        'p/b.py': 'y = 1\n',
        'p/q/__init__.py': '',
        'm.py': 'from p.a import x\n',
        'p/n.py': 'from .a import x\nfrom . import a\n',
      },
      'move p/a.py to p/q/a.py',
    );
    expect(after).toEqual({
      'p/a.py': null,
      'p/q/a.py': 'from ..b import y\nx = y\n',
      'm.py': 'from p.q.a import x\n',
      'p/n.py': 'from .q.a import x\nfrom .q import a\n',
    });
  });
});

describe('set', () => {
  it.each([
    [
      'a.json',
      '{\n    "a": { "b": 1 }, // c\n    "z": []\n}\n',
      'set a.c to true in a.json',
      '{\n    "a": { "b": 1, "c": true }, // c\n    "z": []\n}\n',
    ],
    [
      'a.json',
      '{\r\n  "version": "1.0.0"\r\n}\r\n',
      'set version to "2.0.0" in a.json',
      '{\r\n  "version": "2.0.0"\r\n}\r\n',
    ],
    [
      'a.yaml',
      '# top\na:\n  b: 1   # one\n  c: [x, y]\n\nd: "s"\n',
      'set a.b to 2 in a.yaml',
      '# top\na:\n  b: 2   # one\n  c: [x, y]\n\nd: "s"\n',
    ],
    [
      'a.yaml',
      '# top\na:\n  b: 1   # one\n\nd: "s"\n',
      'set a.e to "yes" in a.yaml',
      '# top\na:\n  b: 1   # one\n  e: yes\n\nd: "s"\n',
    ],
    [
      'a.toml',
      '[tool.x]\na = "1" # c\n\n[other]\nb = 2\n',
      'set tool.x.a to "2" in a.toml',
      '[tool.x]\na = "2" # c\n\n[other]\nb = 2\n',
    ],
    [
      'a.toml',
      '[tool.x]\na = "1"\n\n[other]\nb = 2\n',
      'set tool.x.n to 3 in a.toml',
      '[tool.x]\na = "1"\nn = 3\n\n[other]\nb = 2\n',
    ],
    [
      '.env',
      'A=1\nexport B="x" # why\n',
      'set B to "two words" in .env',
      'A=1\nexport B="two words" # why\n',
    ],
    ['.env', 'A=1', 'set B to 2 in .env', 'A=1\nB=2\n'],
  ])('changes only the value in %s', async (path, before, line, expected) => {
    expect((await run({ [path]: before }, line)).after).toEqual({ [path]: expected });
  });

  it('refuses a value below a plain one, and says when nothing changes', async () => {
    await expect(run({ 'a.json': '{"a":1}' }, 'set a.b to 1 in a.json')).rejects.toThrow(
      /a in a\.json is a number/,
    );
    await expect(run({ 'a.json': '{"a":1}' }, 'set a to 1 in a.json')).rejects.toThrow(
      /so already/,
    );
  });
});

describe('the other recipes', () => {
  it('bump keeps range prefixes in every manifest and names the lock files', async () => {
    const { after, plan } = await run(
      {
        'package.json':
          '{\n  "dependencies": { "x": "^1.0.0" },\n  "devDependencies": { "y": "1" }\n}\n',
        'package-lock.json': '{}',
        'requirements.txt': 'x==1.0.0\nxy==1.0.0\nX[extra]>=1.1  # why\n',
        'pyproject.toml': '[project]\ndependencies = ["x~=1.0", "z"]\n',
        'pom.xml':
          '<project><properties><x.version>1.0</x.version></properties><dependency><artifactId>x</artifactId><version>${x.version}</version></dependency></project>',
        'a.csproj': '<Project><PackageReference Include="x" Version="1.0" /></Project>',
      },
      'bump x to 2.0.0',
    );
    expect(after['package.json']).toContain('"x": "^2.0.0"');
    expect(after['requirements.txt']).toBe('x==2.0.0\nxy==1.0.0\nX[extra]>=2.0.0  # why\n');
    expect(after['pyproject.toml']).toContain('"x~=2.0.0"');
    expect(after['pom.xml']).toContain('<x.version>2.0.0</x.version>');
    expect(after['a.csproj']).toContain('Version="2.0.0"');
    expect(plan.notes).toContain('package-lock.json (npm install)');
  });

  it('replace honours globs, counts, and keeps CRLF', async () => {
    const { after, plan } = await run(
      { 'a/x.md': 'A\r\nA\r\n', 'b.md': 'A', 'c.ts': 'A' },
      'replace "A" with "B\\nC" in **/*.md',
    );
    expect(after).toEqual({ 'a/x.md': 'B\r\nC\r\nB\r\nC\r\n', 'b.md': 'B\nC' });
    expect(plan.changes[0]).toContain('3 places in 2 files');
    await expect(run({ 'a.md': 'x' }, 'replace "A" with "B" in a.md')).rejects.toThrow(
      /not in a\.md/,
    );
  });

  it('create, append, delete keep what they do not name', async () => {
    expect((await run({ 'a.txt': 'x' }, 'create file b/c.txt with: hi')).after).toEqual({
      'b/c.txt': 'hi\n',
    });
    await expect(run({ 'a.txt': 'x' }, 'create file a.txt with: hi')).rejects.toThrow(
      /exists already/,
    );
    expect((await run({ 'a.txt': 'x\r\ny' }, 'append to a.txt: z')).after).toEqual({
      'a.txt': 'x\r\ny\r\nz\r\n',
    });
    expect((await run({ 'a.txt': 'x' }, 'delete file a.txt')).after).toEqual({ 'a.txt': null });
  });

  it('remove unused export removes the declaration, or the word alone, or refuses and names the references', async () => {
    const files = {
      'a.ts':
        '/** Doc. */\nexport function gone() {}\n\nexport const used = 1;\nexport const own = used;\nconsole.log(own);\n',
      'b.ts': "import { used } from './a';\nused;\n",
    };
    expect((await run(files, 'remove unused export gone in a.ts')).after['a.ts']).toMatch(
      /^export const used/,
    );
    expect((await run(files, 'remove unused export own in a.ts')).after['a.ts']).toContain(
      '\nconst own = used;',
    );
    await expect(run(files, 'remove unused export used in a.ts')).rejects.toThrow(
      /2 references left, in b\.ts:1, b\.ts:2/,
    );
  });

  it.each(['../x', '/etc/x', '.git/hooks/x', 'a/.GIT/x', 'a//b'])(
    'refuses the path %s',
    async (path) => {
      await expect(run({ 'a.txt': 'x' }, `create file ${path} with: hi`)).rejects.toThrow(
        /The path/,
      );
    },
  );
});
