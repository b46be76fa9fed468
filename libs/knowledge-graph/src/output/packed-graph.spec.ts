import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { buildGraph } from '../build/build-graph.js';
import { memoryFiles } from '../fixtures/memory-project.js';
import { packGraph, unpackGraph } from './packed-graph.js';

function graphOf(files: Record<string, string>) {
  const project = { name: 'shop', gitSha: 'a'.repeat(40), rootPath: '' };
  return buildGraph({ files: memoryFiles(files), project });
}

const FILES = {
  'schema.prisma': 'model User {\n  id Int @id\n}\n',
  'src/a.ts': `import express from 'express';
import { b } from './b.js';
export class A { get(): number { return b(); } }
export const all = () => prisma.user.findMany({});
const app = express();
app.get('/a', all);
`,
  'src/b.ts': 'export function b(): number { return "é\\n".length; }\n',
  'src/b.spec.ts': "import { b } from './b.js';\nb();\nb();\n",
};

describe('a packed graph', () => {
  it('comes out as it went in, every kind of edge included', async () => {
    const graph = await graphOf(FILES);
    expect(new Set(graph.edges.map(({ type }) => type)).size).toBeGreaterThan(5);
    expect(await unpackGraph(await packGraph(graph))).toEqual(graph);
  });

  it('keeps metadata that it has no short form for, and lists longer than a portion', async () => {
    const graph = await graphOf(FILES);
    const [edge] = graph.edges;
    if (!edge) throw new Error('no edge');
    const odd = [
      { ...edge, metadata: { resolution: 'exact', by: 'hand' } },
      { ...edge, metadata: {} },
      { ...edge, metadata: { resolution: 'exact', line: 2, lines: [1, 2] } },
      { ...edge, from: 'somewhere else' },
    ];
    const long = { ...graph, edges: Array.from({ length: 2_500 }, () => odd).flat() };
    expect(await unpackGraph(await packGraph(long))).toEqual(long);
  });

  it('is read back when an older version stored it as one text', async () => {
    const graph = await graphOf(FILES);
    const old = gzipSync(JSON.stringify(graph));
    expect(await unpackGraph(old)).toEqual(graph);
  });

  it('is refused when the bytes are none', async () => {
    const cut = (await packGraph(await graphOf(FILES))).subarray(0, 100);
    await expect(unpackGraph(cut)).rejects.toThrow('stored graph cannot be read');
    await expect(unpackGraph(gzipSync('{}'))).rejects.toThrow('stored graph cannot be read');
  });
});
