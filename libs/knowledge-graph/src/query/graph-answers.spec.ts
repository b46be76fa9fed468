import { beforeAll, describe, expect, it } from '@jest/globals';
import { impactSchema, type ProjectGraph } from '@hil/contracts';
import { isDiagram } from '../answers/answer.js';
import { drawArchitecture, drawDependencies } from '../answers/diagrams.js';
import { describeProject, explainPath, whatDependsOn, whoCalls } from '../answers/questions.js';
import { graphOf } from '../fixtures/memory-project.js';
import { alwaysAsk } from '../impact/always-ask.js';
import { assessImpact } from '../impact/assess-impact.js';
import { GraphQueries } from './graph-queries.js';

let graph: ProjectGraph;
let queries: GraphQueries;

beforeAll(async () => {
  graph = await graphOf({
    'src/core/money.ts':
      '/** Adds money. */\nexport function add(a: number) { return a; }\nexport const unused = 1;\n',
    'src/cart/cart.service.ts':
      "import { add } from '../core/money';\nexport function total() {\n  return add(1);\n}\n",
    'src/http/cart.controller.ts':
      "import { total } from '../cart/cart.service';\nimport { Router } from 'express';\nconst router = Router();\nrouter.get('/cart', show);\nexport function show() { return total(); }\n",
    'src/cart/cart.service.spec.ts':
      "import { total } from './cart.service';\nit('x', () => total());\n",
    'src/lonely.ts': 'export const lonely = 1;\n',
  });
  queries = new GraphQueries(graph);
});

describe('queries', () => {
  it('select modules, symbols and endpoints by what a person would write', () => {
    expect(queries.modulesByPathPattern('src/**/*.service.ts').map((one) => one.path)).toEqual([
      'src/cart/cart.service.ts',
    ]);
    expect(queries.modulesByFilename('money').map((one) => one.path)).toEqual([
      'src/core/money.ts',
    ]);
    expect(queries.modulesByKind('test')).toHaveLength(1);
    expect(queries.modulesByTag('controller')).toHaveLength(1);
    expect(queries.symbolInFile('src/core/money.ts', 'add')?.kind).toBe('function');
    expect(queries.endpointsByPathPattern('/c*')).toMatchObject([{ method: 'GET', path: '/cart' }]);
  });

  it('follow dependents with their distance, to the tests', () => {
    const impacted = queries.impactedModules(['src/core/money.ts']);
    expect(impacted.map(({ module, depth }) => `${depth} ${module.path}`)).toEqual([
      '1 src/cart/cart.service.ts',
      '2 src/cart/cart.service.spec.ts',
      '2 src/http/cart.controller.ts',
    ]);
    expect(queries.impactedModules(['src/core/money.ts'], 1)).toHaveLength(1);
    expect(queries.affectedTests(['src/core/money.ts'])).toEqual(['src/cart/cart.service.spec.ts']);
    const path = queries.pathBetween('mod:src/http/cart.controller.ts', 'mod:src/core/money.ts');
    expect(path?.map((edge) => edge.to)).toEqual([
      'mod:src/cart/cart.service.ts',
      'mod:src/core/money.ts',
    ]);
    expect(queries.pathBetween('mod:src/core/money.ts', 'mod:src/lonely.ts')).toBeNull();
  });
});

describe('impact', () => {
  it('gives callers with lines, endpoints, tests and a score with its reasons', () => {
    const impact = impactSchema.parse(
      assessImpact(graph, { targets: ['src/core/money.ts'], symbols: ['add'] }),
    );
    expect(impact.callers).toEqual([
      { path: 'src/cart/cart.service.ts', line: 3, symbol: 'total' },
    ]);
    expect(impact.endpoints).toEqual([{ method: 'GET', path: '/cart' }]);
    expect(impact.affected_tests).toEqual(['src/cart/cart.service.spec.ts']);
    expect(impact.counts).toEqual({ impacted: 3, callers: 1, endpoints: 1, affected_tests: 1 });
    expect(impact.risk).toBe('low');
    expect(impact.reasons.join('\n')).toContain('GET /cart');
  });

  it('is higher for code no test reaches, and highest for CI and manifests', () => {
    const covered = assessImpact(graph, { targets: ['src/cart/cart.service.ts'] });
    expect(covered.reasons.join('\n')).not.toContain('No test');
    const bare = assessImpact(graph, { targets: ['src/lonely.ts'] });
    expect(bare.reasons).toContain('No test reaches src/lonely.ts');
    const ci = assessImpact(graph, { targets: ['.github/workflows/ci.yml', 'package.json'] });
    expect(ci.risk).toBe('high');
  });

  it('always asks for migrations (unless switched off), CI files and dependency changes', () => {
    expect(alwaysAsk(['src/a.ts', 'docs/package.md'], { migrations: true })).toEqual({
      ask: false,
      reasons: [],
    });
    const paths = ['prisma/migrations/1/m.sql', '.github/workflows/x.yml', 'a/package-lock.json'];
    expect(alwaysAsk(paths, { migrations: true }).reasons).toHaveLength(3);
    expect(alwaysAsk(paths.slice(0, 1), { migrations: false }).ask).toBe(false);
  });
});

describe('answers without a model', () => {
  it('say who calls a symbol, with file and line', () => {
    const { answer, references } = whoCalls(queries, 'add');
    expect(answer).toContain('1 caller');
    expect(references).toContainEqual({
      path: 'src/cart/cart.service.ts',
      line: 3,
      symbol: 'total',
    });
  });

  it('name a place once, however many calls are in its line', async () => {
    const two = new GraphQueries(
      await graphOf({
        'shop.py':
          'class Shop:\n    def open(self): pass\n    def shut(self): pass\n\ndef one(): pass\ndef two(): pass\n',
        'user.py':
          'from shop import Shop, one, two\n\ndef day():\n    shop = Shop()\n    return shop.open(), shop.shut(), one(), two(), one()\n',
      }),
    );
    const day = { path: 'user.py', line: 5, symbol: 'day' };
    const called = whoCalls(two, 'one');
    expect(called.references).toEqual([{ path: 'shop.py', line: 5, symbol: 'one' }, day]);
    const shop = whoCalls(two, 'Shop');
    expect(shop.answer).toContain('has 1 caller.');
    expect(shop.references.filter(({ line }) => line === 5)).toEqual([day]);
    const used = whatDependsOn(two, 'shop.py');
    expect(used.references.filter(({ line }) => line === 5)).toEqual([day]);
    const lines = used.answer.split('\n').filter((line) => line.includes('user.py:'));
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('name the nearest when a symbol or path is unknown', () => {
    expect(whoCalls(queries, 'totl').answer).toBe(
      'No symbol `totl` is in the graph. Did you mean `total`?',
    );
    expect(explainPath(queries, 'src/core/mony.ts').answer).toContain('`src/core/money.ts`');
  });

  it('explain a file, its dependents and the project', () => {
    const explained = explainPath(queries, 'money.ts').answer;
    expect(explained).toContain('Adds money.');
    expect(explained).toContain('function add(a: number)');
    expect(whatDependsOn(queries, 'src/core/money.ts').answer).toContain(
      'src/cart/cart.service.spec.ts',
    );
    expect(whatDependsOn(queries, 'src/lonely.ts').answer).toContain(
      'Nothing in the graph depends on',
    );
    expect(describeProject(graph).answer).toContain('GET /cart');
  });

  it('draw Mermaid flowcharts of a file and of the architecture', () => {
    const drawn = drawDependencies(queries, 'src/cart/cart.service.ts');
    if (!isDiagram(drawn)) throw new Error(drawn.answer);
    expect(drawn).toMatchObject({ nodes: 4, edges: 3, truncated: false });
    expect(drawn.diagram).toMatch(/^flowchart LR\n/);
    const architecture = drawArchitecture(graph);
    expect(architecture.diagram).toContain('src/cart (1)');
    expect(architecture.edges).toBe(2);
  });
});
