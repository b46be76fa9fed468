import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isChangeRecipe, parseRecipes } from '@hil/language-models';
import { contextOf, Projects } from '../fixtures/project.js';
import { planRecipe } from '../index.js';

// Each question to the TypeScript service loads the compiler in a thread of its own.
jest.setTimeout(120_000);

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

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

  it('rewrites module paths in the strings of mocks and URLs, and lists other strings', async () => {
    const { after, plan } = await run(
      {
        'src/a.ts':
          "export const a = new URL('./w.js', import.meta.url);\njest.mock('../lib');\nread('./data.json');\n",
        'src/a.spec.ts': [
          "import { a } from './a';",
          "jest.mock('./a');",
          "vi.mock(`./a.js`, async () => ({ ...(await vi.importActual('./a.ts?raw')), a }));",
          "jest.mock('./b', () => jest.requireActual<object>('./a'));",
          "jest.mock('./gone', () => 1);",
          "const text = './a';",
          '',
        ].join('\n'),
        'src/w.ts': 'export {};\n',
        'src/far.js': "jest.mock('./a.js');\njest.mock('./a/');\nserver.use('./a', './b');\n",
        'src/data.json': '{}',
        'src/b.ts': 'export {};\n',
        'lib/index.ts': 'export {};\n',
        'c.js':
          "const a = require('./src/a');\nnew Worker(new URL('./src/a.ts', import.meta.url));\n",
      },
      'move src/a.ts to src/x/new.ts',
    );
    expect(after).toEqual({
      'src/a.ts': null,
      'src/x/new.ts':
        "export const a = new URL('../w.js', import.meta.url);\njest.mock('../../lib');\nread('./data.json');\n",
      'src/a.spec.ts': [
        "import { a } from './x/new';",
        "jest.mock('./x/new');",
        "vi.mock(`./x/new.js`, async () => ({ ...(await vi.importActual('./x/new.ts?raw')), a }));",
        "jest.mock('./b', () => jest.requireActual<object>('./x/new'));",
        "jest.mock('./gone', () => 1);",
        "const text = './a';",
        '',
      ].join('\n'),
      'src/far.js': "jest.mock('./x/new.js');\njest.mock('./a/');\nserver.use('./a', './b');\n",
      'c.js':
        "const a = require('./src/x/new');\nnew Worker(new URL('./src/x/new.ts', import.meta.url));\n",
    });
    expect(plan.notes).toBe(
      "Not touched, only alike: src/a.spec.ts:6 './a', src/a.ts:3 './data.json', src/far.js:3 './a'.",
    );
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

  it('replace goes on past what is no text, and says so', async () => {
    const image = Buffer.from([0, 65, 0]);
    const { after, plan } = await run(
      { 'a.md': 'A', 'b.md': image },
      'replace "A" with "B" in *.md',
    );
    expect(after).toEqual({ 'a.md': 'B' });
    expect(plan.notes).toContain('Not looked into, being binary, a link or too large: b.md.');
    await expect(run({ 'b.md': image }, 'replace "A" with "B" in b.md')).rejects.toThrow(/binary/);
  });

  it('are planned by what carries them out', async () => {
    const files = { 'a.md': 'A' };
    const { root, plan } = await run(files, 'append to a.md: x');
    await writeFile(join(root, 'a.md'), 'A');
    const [recipe] = parseRecipes('append to a.md: x').recipes.filter(isChangeRecipe);
    const workspace = { root, ...contextOf(['a.md']) };
    expect(recipe && (await planRecipe(recipe, workspace))).toEqual(plan);
    expect(await readFile(join(root, 'a.md'), 'utf8')).toBe('A');
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

  it('remove unused export says who passes it on, may reach it unnamed, or writes it elsewhere', async () => {
    const { plan, after } = await run(
      {
        'src/a.ts': 'export const gone = 1;\nexport const kept = 2;\n',
        'src/inner.ts': "export * from './a';\n",
        'src/index.ts': "export { kept } from './a';\nexport * from './inner';\n",
        'src/own.ts': "export * from './a';\nexport const gone = 3;\n",
        'src/whole.ts': "import * as a from './a';\nconsole.log(Object.values(a));\n",
        'src/member.ts': "import * as a from './a';\nconsole.log(a.kept);\n",
        'App.vue': "<script>import { gone } from './src/a'</script>\n",
      },
      'remove unused export gone in src/a.ts',
    );
    expect(Object.keys(after)).toEqual(['src/a.ts']);
    expect(plan.notes).toContain(
      'export * passes gone on in src/inner.ts:1, src/index.ts:2: code outside of this repository',
    );
    expect(plan.notes).toContain('src/a.ts is used as a whole in src/whole.ts:1, which may reach');
    expect(plan.notes).toContain('(2 lines): App.vue:1 (');
    expect(plan.notes).not.toContain('member.ts');
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
