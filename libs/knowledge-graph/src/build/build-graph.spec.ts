import { describe, expect, it } from '@jest/globals';
import { MemoryGraphCache } from '../cache/graph-cache.js';
import { graphOf, memoryFiles } from '../fixtures/memory-project.js';
import { buildGraph } from './build-graph.js';

describe('building a graph', () => {
  it('lists what it cannot read with the reason and never fails for it', async () => {
    const graph = await graphOf({
      'ok.ts': 'export const a = 1;\n',
      'binary.ts': Buffer.from([0, 1, 2, 0xff]),
      'latin.py': Buffer.from([0x78, 0x3d, 0x22, 0xe9, 0x22]),
      'bundle.js': `var a=${'1+'.repeat(4000)}1;`,
      'node_modules/x/index.js': 'x',
      'huge.ts': Buffer.alloc(1_000_001, 0x20),
      'deep.ts': `x = ${'('.repeat(30_000)}1${')'.repeat(30_000)};\n// padding\n${'\n'.repeat(400)}`,
      'broken.ts': 'export function f( { class\n',
      'windows.ts': Buffer.from('\ufeffexport const after = 1;\n', 'utf16le'),
      'package.json': Buffer.alloc(300_000, 0x20),
    });
    const reasons = Object.fromEntries(
      (graph.project.metadata['skipped'] as { path: string; reason: string }[]).map((one) => [
        one.path,
        one.reason,
      ]),
    );
    expect(reasons).toMatchObject({
      'binary.ts': 'binary content',
      'bundle.js': 'minified',
      'node_modules/x/index.js': 'in ignored folder node_modules',
      'huge.ts': 'larger than 1 MB',
      'package.json': 'manifest larger than 256 KB',
    });
    expect(graph.project.metadata['partlyRead']).toEqual([
      { path: 'broken.ts', reason: 'has syntax errors' },
      { path: 'deep.ts', reason: 'nested too deeply to read whole' },
      { path: 'latin.py', reason: 'not valid UTF-8, the odd bytes were replaced' },
    ]);
    expect(graph.modules.map(({ path }) => path)).toEqual([
      'broken.ts',
      'deep.ts',
      'latin.py',
      'ok.ts',
      'windows.ts',
    ]);
    expect(graph.symbols.find(({ name }) => name === 'after')?.moduleId).toBe('mod:windows.ts');
    expect(
      graph.modules.find(({ path }) => path === 'broken.ts')?.metadata['hasSyntaxErrors'],
    ).toBe(true);
  });

  it('lists what must not be read, such as links and submodules, without reading it', async () => {
    const links = memoryFiles({ 'loop.ts': '../loop.ts' });
    const graph = await buildGraph({
      files: links.map((link) => ({
        ...link,
        notRead: 'symbolic link',
        read: () => Promise.reject(new Error('was read')),
      })),
      project: { name: 'x', gitSha: '', rootPath: '' },
    });
    expect(graph.project.metadata['skipped']).toEqual([
      { path: 'loop.ts', reason: 'symbolic link' },
    ]);
  });

  it('is empty, not an error, for an empty repository', async () => {
    const graph = await graphOf({});
    expect(graph.modules).toEqual([]);
  });

  it('reads only the files whose content the cache does not know', async () => {
    const cache = new MemoryGraphCache();
    await graphOf({ 'a.ts': 'export const a = 1;', 'b.py': 'b = 1\n' }, { cache });
    const files = memoryFiles({ 'a.ts': 'export const a = 2;', 'b.py': 'b = 1\n' });
    const read: string[] = [];
    const watched = files.map((file) => ({
      ...file,
      read: () => {
        read.push(file.path);
        return file.read();
      },
    }));
    const graph = await buildGraph({
      files: watched,
      cache,
      project: { name: 'x', gitSha: '', rootPath: '' },
    });
    expect(read).toEqual(['a.ts']);
    expect(graph.project.metadata['filesFromCache']).toBe(1);
  });

  it('stops with the reason of an abort and reports progress until then', async () => {
    const abort = new AbortController();
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`f${i}.ts`, `export const v${i} = ${i};`]),
    );
    const seen: number[] = [];
    const build = graphOf(many, {
      signal: abort.signal,
      onProgress: ({ done }) => {
        seen.push(done);
        if (done > 0) abort.abort(new Error('cancelled by the person'));
      },
    });
    await expect(build).rejects.toThrow('cancelled by the person');
    expect(Math.max(...seen)).toBeLessThan(80);
  });
});
