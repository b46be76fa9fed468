import { describe, expect, it } from '@jest/globals';
import { MemoryGraphCache } from '../cache/graph-cache.js';
import { edgesOf, graphOf } from '../fixtures/memory-project.js';

/** 80 kB more than what a process takes without any graph: four files at module level, and one whole. */
const LIMIT = 170.08;
/** Two dozen symbols: some 26 kB of a graph. */
const declarations = Array.from({ length: 24 }, (_, n) => `export function f${n}() {}\n`).join('');
const files = {
  'a.ts': declarations,
  'a.spec.ts': "import { f0 } from './a.js';\nexport const test = f0();\n",
  'b.ts': `import { f1 } from './a.js';\nexport const use = f1();\n${declarations}`,
  'c.ts': `import { use } from './b.js';\nexport const last = use();\nexport const app = express();\n`,
};

describe('a graph that would take more memory than it may', () => {
  it('has all files, those beyond the limit with their imports alone, and says so', async () => {
    const graph = await graphOf(files, { memoryMb: LIMIT });
    const depth = graph.modules.map(({ path, metadata }) => [path, metadata['depth'] ?? 'whole']);
    expect(Object.fromEntries(depth)).toEqual({
      'a.ts': 'whole',
      'b.ts': 'module',
      'c.ts': 'module',
      // Tests come behind all others.
      'a.spec.ts': 'module',
    });
    expect(new Set(graph.symbols.map(({ moduleId }) => moduleId))).toEqual(new Set(['mod:a.ts']));
    expect(edgesOf(graph, 'imports')).toEqual([
      'mod:a.spec.ts -> mod:a.ts (exact)',
      'mod:b.ts -> mod:a.ts (exact)',
      'mod:c.ts -> mod:b.ts (exact)',
    ]);
    expect(edgesOf(graph, 'tests')).toEqual(['mod:a.spec.ts -> mod:a.ts (exact)']);
    expect(graph.project.metadata['moduleLevel']).toEqual({
      files: 3,
      reason: 'the graph would take more than 170.08 MB (PKG_MEMORY_MB)',
    });
  });

  it('is the same whether the files were read or came from the cache', async () => {
    const cache = new MemoryGraphCache();
    await graphOf({ 'c.ts': files['c.ts'], 'b.ts': files['b.ts'] }, { cache });
    const mixed = await graphOf(files, { memoryMb: LIMIT, cache });
    const read = await graphOf(files, { memoryMb: LIMIT });
    expect(mixed.project.metadata['filesFromCache']).toBe(2);
    expect([mixed.modules, mixed.symbols, mixed.edges]).toEqual([
      read.modules,
      read.symbols,
      read.edges,
    ]);
  });

  it('is whole within the limit', async () => {
    const { project, symbols } = await graphOf(files);
    expect(project.metadata['moduleLevel']).toEqual({ files: 0, reason: null });
    expect(symbols.length).toBeGreaterThan(48);
  });
});
