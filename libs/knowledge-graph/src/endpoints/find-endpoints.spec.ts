import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';

const BENCH = join(import.meta.dirname, '../../../../bench/graph/endpoints');

/** What running applications reported of themselves; `bench/graph/endpoints.bench.mjs --record` wrote it. */
const recorded = JSON.parse(readFileSync(join(BENCH, 'recorded.json'), 'utf8')) as Record<
  string,
  { source: string; routes: string[] }
>;

async function routesIn(sample: string): Promise<string[]> {
  const folder = join(BENCH, 'samples', sample);
  const files: Record<string, Buffer> = {};
  for (const one of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(one.parentPath, one.name);
    if (one.isFile() && !one.parentPath.includes('__pycache__'))
      files[relative(folder, path)] = readFileSync(path);
  }
  const { endpoints } = await graphOf(files);
  return [...new Set(endpoints.map(({ method, path }) => `${method} ${path}`))].sort();
}

describe('endpoints', () => {
  it.each(Object.entries(recorded))(
    'of the %s sample are those it reports of itself',
    async (name, { routes }) => {
      expect(await routesIn(name)).toEqual([...routes].sort());
    },
  );

  it('carry handler and guards, through mounts and middleware', async () => {
    const { endpoints } = await graphOf({
      'app.js': `const express = require('express');
const { requireAuth } = require('./auth');
const app = express();
app.use('/users', requireAuth, require('./users'));
app.listen(1);
`,
      'auth.js': 'exports.requireAuth = (req, res, next) => next();\n',
      'users.js': `const { Router } = require('express');
const router = Router();
router.get('/:id', wrap(show));
function wrap(handler) { return handler; }
function show() {}
module.exports = router;
`,
    });
    expect(endpoints).toMatchObject([
      {
        method: 'GET',
        path: '/users/:id',
        handlerSymbolId: 'sym:users.js#show',
        auth: 'requireAuth',
      },
    ]);
  });

  it('say so when the place a router is mounted at could not be told', async () => {
    const { endpoints } = await graphOf({
      'routes/users.js': `const { Router } = require('express');
const router = Router();
router.get('/users', (req, res) => res.end());
module.exports = router;
`,
      'app.js': `const express = require('express');
const app = express();
app.get('/', (req, res) => res.end());
for (const router of load('./routes')) app.use(process.env.BASE, router);
`,
    });
    expect(endpoints.map(({ path }) => path)).toEqual(['/', '/users']);
    expect(endpoints[1]?.summary).toContain('was not found');
  });

  it('of Spring have their prefixes from constants of other files, imported statically or not', async () => {
    const controller = (imported: string, path: string): string => `package web;
import ${imported};
@RestController @RequestMapping(${path})
public class ${path.includes('.') ? 'One' : 'Two'}Controller {
  @GetMapping("/all") public String all() { return ""; }
}
`;
    const { endpoints } = await graphOf({
      'shop/Paths.java':
        'package shop; public final class Paths { public static final String API = "/api"; }\n',
      'web/OneController.java': controller('shop.Paths', 'Paths.API'),
      'web/TwoController.java': controller('static shop.Paths.API', 'API + "/two"'),
    });
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/all',
      'GET /api/two/all',
    ]);
  });

  it('are not invented from maps, settings and routers that nothing mounts', async () => {
    const { endpoints } = await graphOf({
      'app.js': `const express = require('express');
const app = express();
const other = express.Router();
const cache = new Map();
other.get('/never', (req, res) => res.end());
app.get('title');
app.get('/one', (req, res) => res.json(cache.get('/key', 1)));
`,
    });
    expect(endpoints.map(({ path }) => path)).toEqual(['/one']);
  });
});
