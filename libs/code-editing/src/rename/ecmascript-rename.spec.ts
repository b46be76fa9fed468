import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Overlay, renameSymbol, type RenameResult } from '../index.js';
import { changesOf, contextOf, Projects } from '../fixtures/project.js';

// Each question to the TypeScript service loads the compiler in a thread of its own.
jest.setTimeout(120_000);

const projects = new Projects();
afterEach(() => projects.remove());
const run = projects.recipe.bind(projects);

/** Renames in a folder of these files; `after` holds the changed ones. */
async function rename(
  files: Record<string, string>,
  path: string,
  symbol: string,
  newName: string,
): Promise<RenameResult & { after: Record<string, string | null> }> {
  const overlay = await Overlay.open(await projects.make(files));
  const context = { overlay, ...contextOf(Object.keys(files)) };
  const result = await renameSymbol({ path, symbol, newName }, context);
  return { ...result, after: await changesOf(overlay) };
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

  it('follows imports of folders, with and without a slash at the end', async () => {
    const { after } = await run(
      {
        'src/a.ts': 'export const foo = 1;\n',
        'src/index.ts': "export * from './a';\n",
        'src/deep/c.ts': "import { foo } from '../';\nfoo;\n",
        'test/b.ts': "import { foo } from '../src/';\nfoo;\n",
        'test/d.ts': "import { foo } from '../src';\nfoo;\n",
      },
      'rename foo to bar in src/a.ts',
    );
    expect(after).toEqual({
      'src/a.ts': 'export const bar = 1;\n',
      'src/deep/c.ts': "import { bar } from '../';\nbar;\n",
      'test/b.ts': "import { bar } from '../src/';\nbar;\n",
      'test/d.ts': "import { bar } from '../src';\nbar;\n",
    });
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

describe('rename in CommonJS', () => {
  it('follows exports.x through require, destructuring, aliases and member access', async () => {
    const { after } = await rename(
      {
        'lib/utils.js':
          "'use strict';\nexports.makeTag = function (v) {\n  return v;\n};\nexports.two = () => exports.makeTag(2) + module.exports.makeTag(3);\n",
        'lib/app.js':
          "var utils = require('../lib/utils');\nvar makeTag = require('./utils').makeTag;\nconst { makeTag: other } = require('./utils');\nmodule.exports = utils.makeTag(1) + makeTag(2) + other(3);\n",
        'lib/take.cjs':
          "const { makeTag } = require('./utils');\nmakeTag(1);\nfunction f(makeTag) {\n  return makeTag;\n}\n",
      },
      'lib/utils.js',
      'makeTag',
      'buildTag',
    );
    expect(after).toEqual({
      'lib/utils.js':
        "'use strict';\nexports.buildTag = function (v) {\n  return v;\n};\nexports.two = () => exports.buildTag(2) + module.exports.buildTag(3);\n",
      'lib/app.js':
        "var utils = require('../lib/utils');\nvar buildTag = require('./utils').buildTag;\nconst { buildTag: other } = require('./utils');\nmodule.exports = utils.buildTag(1) + buildTag(2) + other(3);\n",
      'lib/take.cjs':
        "const { buildTag } = require('./utils');\nbuildTag(1);\nfunction f(makeTag) {\n  return makeTag;\n}\n",
    });
  });

  it('renames the exported name of module.exports = { foo } and its consumers', async () => {
    const { after } = await rename(
      {
        'lib/obj.js':
          'function count() {\n  return 1;\n}\nconst own = { count };\nmodule.exports = { count, own, z() { return count(); } };\n',
        'lib/use.js':
          "const o = require('./obj');\nconst { count } = require('./obj');\nconsole.log(o.count(), count(), o.own.count);\n",
        'lib/esm.mjs':
          "import o from './obj.js';\nimport { count } from './obj.js';\no.count();\ncount();\n",
        'lib/again.js': "module.exports = { ...require('./obj') };\n",
        'lib/far.js': "require('./again').count();\n",
      },
      'lib/obj.js',
      'count',
      'total',
    );
    expect(after).toEqual({
      'lib/obj.js':
        'function total() {\n  return 1;\n}\nconst own = { count: total };\nmodule.exports = { total, own, z() { return total(); } };\n',
      'lib/use.js':
        "const o = require('./obj');\nconst { total } = require('./obj');\nconsole.log(o.total(), total(), o.own.count);\n",
      'lib/esm.mjs':
        "import o from './obj.js';\nimport { total } from './obj.js';\no.total();\ntotal();\n",
      'lib/far.js': "require('./again').total();\n",
    });
  });

  it('ties exports.foo = foo and { foo: foo } to the local, and only renames the alias of another name', async () => {
    const files = {
      'lib/fn.js':
        'exports = module.exports = create;\nfunction create() {}\nexports.help = help;\nfunction help() {}\nexports.aid = help;\n',
      'lib/use.js': "const f = require('./fn');\nf.help();\nf.aid();\n",
    };
    expect((await rename(files, 'lib/fn.js', 'help', 'assist')).after).toEqual({
      'lib/fn.js':
        'exports = module.exports = create;\nfunction create() {}\nexports.assist = assist;\nfunction assist() {}\nexports.aid = assist;\n',
      'lib/use.js': "const f = require('./fn');\nf.assist();\nf.aid();\n",
    });
    expect((await rename(files, 'lib/fn.js', 'exports.aid', 'rescue')).after).toEqual({
      'lib/fn.js':
        'exports = module.exports = create;\nfunction create() {}\nexports.help = help;\nfunction help() {}\nexports.rescue = help;\n',
      'lib/use.js': "const f = require('./fn');\nf.help();\nf.rescue();\n",
    });
  });

  it('renames members that assignments declare, also on objects whose type nobody knows', async () => {
    const prototype = {
      'a.js':
        'function Foo() {}\nFoo.prototype.barOf = function () {\n  return this.barOf;\n};\nmodule.exports = Foo;\n',
      'b.js': "const Foo = require('./a');\nnew Foo().barOf();\n",
    };
    expect((await rename(prototype, 'a.js', 'Foo.barOf', 'bazOf')).after['b.js']).toBe(
      "const Foo = require('./a');\nnew Foo().bazOf();\n",
    );
    const untyped = {
      'res.js':
        "var http = require('node:http');\nvar res = Object.create(http.ServerResponse.prototype);\nmodule.exports = res;\nres.sendIt = function () {\n  return this.sendIt() || res.sendIt();\n};\n",
      'test.js': "require('./res');\nfunction handle(req, res) {\n  res.sendIt();\n}\n",
    };
    const done = await rename(untyped, 'res.js', 'res.sendIt', 'deliver');
    expect(done.after['test.js']).toBe(
      "require('./res');\nfunction handle(req, res) {\n  res.deliver();\n}\n",
    );
    expect(done.after['res.js']).not.toContain('sendIt');
    expect(done.notes.join()).toMatch(/without a known type/);
  });

  it('refuses when uses without a type could be another member, a built-in one, or become one', async () => {
    const files = (more: string): Record<string, string> => ({
      'lib.js': 'exports.fetchIt = () => 1;\nexports.keys = () => 2;\n',
      'use.js': `require('./lib');\nfunction f(x) {\n  x.fetchIt();\n  x.keys();\n}\n${more}`,
    });
    await expect(
      rename(files('const o = { fetchIt() {} };\n'), 'lib.js', 'fetchIt', 'loadIt'),
    ).rejects.toThrow(/use\.js:3.*use\.js:6 declares/);
    await expect(rename(files(''), 'lib.js', 'keys', 'names')).rejects.toThrow(/built-in type/);
    await expect(rename(files('f().loadIt;\n'), 'lib.js', 'fetchIt', 'loadIt')).rejects.toThrow(
      /loadIt is used in use\.js:6/,
    );
  });

  it('leaves members of packages and of the runtime alone', async () => {
    const { after } = await rename(
      {
        'lib.js': 'exports.readAll = () => 1;\n',
        'use.js':
          "const fs = require('some-package');\nrequire('./lib').readAll();\nfs.readAll();\nprocess.readAll();\n",
      },
      'lib.js',
      'readAll',
      'loadAll',
    );
    expect(after['use.js']).toBe(
      "const fs = require('some-package');\nrequire('./lib').loadAll();\nfs.readAll();\nprocess.readAll();\n",
    );
  });

  it('suggests only near names, and otherwise lists what the file declares', async () => {
    const files = {
      'lib.js':
        'exports.compileETag = function (a, i) {};\nvar etag = 1;\nfunction acceptParams() {}\n',
    };
    await expect(rename(files, 'lib.js', 'compileEtga', 'x')).rejects.toThrow(
      /declares no compileEtga\. Did you mean exports\.compileETag\?$/,
    );
    await expect(rename(files, 'lib.js', 'zorro', 'x')).rejects.toThrow(
      /declares no zorro\. It declares exports\.compileETag, etag, acceptParams\.$/,
    );
  });
});
