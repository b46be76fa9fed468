import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectGraph } from '@hil/contracts';
import { Overlay, renameSymbol, type RenameResult } from '../index.js';

// Each rename loads the compiler in a thread of its own.
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

/** Renames in a folder of these files; `after` holds the changed ones. */
async function rename(
  files: Record<string, string>,
  path: string,
  symbol: string,
  newName: string,
): Promise<RenameResult & { after: Record<string, string | null> }> {
  const root = await mkdtemp(join(tmpdir(), 'hil-rename-'));
  folders.push(root);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const overlay = await Overlay.open(root);
  const { signal } = new AbortController();
  const context = { overlay, files: Object.keys(files), graph, signal };
  const result = await renameSymbol({ path, symbol, newName }, context);
  const changed = await overlay.changedFiles();
  return { ...result, after: Object.fromEntries(changed.map((one) => [one.path, one.after])) };
}

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
