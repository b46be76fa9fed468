import { describe, expect, it } from '@jest/globals';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

const files = {
  'lib/utils.js': `'use strict';
exports.makeTag = function (value) { return exports.trim(value); };
module.exports.trim = (value) => value;
exports.LIMIT = 3;
exports.aid = helper;
function helper() {}
function hidden() {}
`,
  'lib/app.js': `var makeTag = require('./utils').makeTag;
var utils = require('../lib/utils');
var app = exports = module.exports = {};
app.init = function init() { this.setUp(); };
app.setUp = function () { makeTag(1); utils.aid(); require('./utils').trim(2); };
`,
  'lib/route.js': `module.exports = Route;
function Route() {}
Route.prototype.match = function match() { return this.find(); };
Route.prototype.find = function () {};
`,
  'lib/obj.js': `function count() {}
module.exports = { count, total: count, z() { return count(); }, w: function () {} };
`,
  'lib/make.js': 'module.exports = function make() { return 1; };\n',
  'index.js': `const app = require('./lib/app');
const { count, z } = require('./lib/obj');
const obj = require('./lib/obj');
const make = require('./lib/make');
function start() { app.init(); count(); z(); obj.total(); obj.w(); make(); }
start();
`,
};

describe('the graph of CommonJS', () => {
  it('has exports and assigned members as exported symbols', async () => {
    const graph = await graphOf(files);
    const exported = graph.symbols
      .filter((one) => one.isExported)
      .map(({ id, kind }) => `${id.slice(4)} ${kind}`)
      .sort();
    expect(exported).toEqual([
      'lib/app.js#app variable',
      'lib/app.js#app.init method',
      'lib/app.js#app.setUp method',
      'lib/make.js#make function',
      'lib/obj.js#count function',
      'lib/obj.js#w function',
      'lib/obj.js#z function',
      'lib/route.js#Route function',
      'lib/route.js#Route.find method',
      'lib/route.js#Route.match method',
      'lib/utils.js#LIMIT variable',
      'lib/utils.js#helper function',
      'lib/utils.js#makeTag function',
      'lib/utils.js#trim function',
    ]);
  });

  it('follows require and calls through what it returns', async () => {
    const graph = await graphOf(files);
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:index.js -> mod:lib/app.js (exact)',
      'mod:index.js -> mod:lib/make.js (exact)',
      'mod:index.js -> mod:lib/obj.js (exact)',
      'mod:lib/app.js -> mod:lib/utils.js (exact)',
    ]);
    expect(edgesOf(graph, 'calls')).toEqual([
      'mod:index.js -> sym:index.js#start (exact)',
      'sym:index.js#start -> sym:lib/app.js#app.init (exact)',
      'sym:index.js#start -> sym:lib/make.js#make (exact)',
      'sym:index.js#start -> sym:lib/obj.js#count (exact)',
      'sym:index.js#start -> sym:lib/obj.js#w (exact)',
      'sym:index.js#start -> sym:lib/obj.js#z (exact)',
      'sym:lib/app.js#app.init -> sym:lib/app.js#app.setUp (exact)',
      'sym:lib/app.js#app.setUp -> sym:lib/utils.js#helper (exact)',
      'sym:lib/app.js#app.setUp -> sym:lib/utils.js#makeTag (exact)',
      'sym:lib/app.js#app.setUp -> sym:lib/utils.js#trim (exact)',
      'sym:lib/obj.js#z -> sym:lib/obj.js#count (exact)',
      'sym:lib/route.js#Route.match -> sym:lib/route.js#Route.find (exact)',
      'sym:lib/utils.js#makeTag -> sym:lib/utils.js#trim (exact)',
    ]);
  });
});
