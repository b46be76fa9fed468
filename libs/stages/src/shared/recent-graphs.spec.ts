import type { ProjectGraph } from '@hil/contracts';
import { describe, expect, it } from '@jest/globals';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { RecentGraphs } from './recent-graphs.js';

/** A graph of one module, one symbol and three edges. */
async function graphAt(gitSha: string): Promise<ProjectGraph> {
  const graph = await graphOfFiles({ 'a.ts': 'export const a = 1;\n' });
  return { ...graph, gitSha };
}

describe('the graphs used last', () => {
  it('are known by run and commit', async () => {
    const graphs = new RecentGraphs();
    const graph = await graphAt('1');
    graphs.put('run', graph);
    expect(graphs.get('run', '1')).toBe(graph);
    expect(graphs.get('run', '2')).toBeUndefined();
    expect(graphs.get('other', '1')).toBeUndefined();
  });

  it('are let go when they hold too much together, the one unused for longest first', async () => {
    const first = await graphAt('1');
    const size = first.modules.length + first.symbols.length + first.edges.length;
    const graphs = new RecentGraphs(size * 2);
    graphs.put('run', first);
    graphs.put('run', await graphAt('2'));
    graphs.put('run', await graphAt('2'));
    graphs.get('run', '1');
    graphs.put('run', await graphAt('3'));
    expect(['1', '2', '3'].filter((sha) => graphs.get('run', sha) !== undefined)).toEqual([
      '1',
      '3',
    ]);
  });

  it('do not keep one that is too large alone, nor drop the others for it', async () => {
    const small = await graphAt('1');
    const graphs = new RecentGraphs(
      small.modules.length + small.symbols.length + small.edges.length,
    );
    graphs.put('run', small);
    graphs.put('run', { ...small, gitSha: '2', modules: [...small.modules, ...small.modules] });
    expect(graphs.get('run', '1')).toBe(small);
    expect(graphs.get('run', '2')).toBeUndefined();
  });
});
