import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ProjectGraph } from '@hil/contracts';
import { MemoryGraphCache, type GraphCache } from '../../cache/graph-cache.js';
import { graphOf, memoryFiles } from '../../fixtures/memory-project.js';
import { buildGraph } from '../../build/build-graph.js';
import type { CheckRequest } from './checked-call.js';
import { checkCalls } from './check-calls.js';
import { CHECKER_LIMITS, runChecker } from './checker.js';

const script = new URL('../../../dist/resolve/checker/checker-process.js', import.meta.url);
const run = existsSync(script) || process.env['HIL_REQUIRE_ALL'] === '1' ? it : it.skip;

const files = {
  'src/store.ts': `export interface Store { find(id: number): string }
export class Disk implements Store {
  find(id: number): string { return this.read(id); }
  private read = (id: number): string => String(id);
}
export class Cache extends Disk {}
export const make = (): Store => new Cache();
`,
  'src/index.ts': `export { make as open, Cache } from './store.js';\nexport * as all from './store.js';\n`,
  'src/app.ts': `import { open, Cache, all } from './index.js';
import { helper } from 'not-installed';
const stores = [open(), all.make()];
export function run(callback: () => void) {
  const first = stores.find(Boolean);
  first!
    .find(1);
  new Map([['a', new Cache()]]).get('a')?.find(2);
  const run = () => callback();
  run();
  helper().find(3);
}
`,
};
let rootDir = '';

// The compiler takes two seconds of CPU to start, many more on a busy machine.
jest.setTimeout(120_000);

beforeAll(() => {
  rootDir = mkdtempSync(join(tmpdir(), 'hil-checker-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(rootDir, path)), { recursive: true });
    writeFileSync(join(rootDir, path), text);
  }
});

afterAll(() => rmSync(rootDir, { recursive: true, force: true }));

const roomy = { isNearlyFull: () => false, isHalfFull: () => false, collect: () => undefined };

function wholeRequest(): CheckRequest {
  const all = Object.keys(files);
  return {
    rootDir,
    files: all,
    globals: [],
    readable: new Set(all),
    imports: new Map([
      ['src/app.ts', new Map([['./index.js', 'src/index.ts']])],
      ['src/index.ts', new Map([['./store.js', 'src/store.ts']])],
    ]),
  };
}

function build(
  checker: 'auto' | 'off',
  cache?: GraphCache,
  gitSha = 'a'.repeat(40),
  checkerMemoryMb?: number,
) {
  const project = { name: 'shop', gitSha, rootPath: '' };
  const cached = cache === undefined ? {} : { cache };
  const memory = checkerMemoryMb === undefined ? {} : { checkerMemoryMb };
  return buildGraph({ files: memoryFiles(files), project, rootDir, checker, ...cached, ...memory });
}

/** Files that the checker was asked about, and the calls it and the cache know together. */
async function callsIn(texts: Record<string, string>, cache: GraphCache) {
  const folder = mkdtempSync(join(tmpdir(), 'hil-checker-'));
  for (const [path, text] of Object.entries(texts)) writeFileSync(join(folder, path), text);
  let asked = 0;
  const { edges } = await graphOf(texts, {
    rootDir: folder,
    cache,
    onPhase: (phase, count) => void (phase === 'checking' && (asked = count)),
  });
  rmSync(folder, { recursive: true });
  const calls = edges
    .filter(({ type }) => type === 'calls')
    .map(({ from, to }) => `${from} -> ${to}`);
  return { asked, calls: calls.sort() };
}

/** `from -> to lines (resolution)` of the calls of one file. */
async function callsOf(path: string, checker: 'auto' | 'off'): Promise<string[]> {
  const { edges } = await build(checker);
  return edges
    .filter(({ type, from }) => type === 'calls' && from.includes(path))
    .map(
      ({ from, to, metadata }) =>
        `${from} -> ${to} ${String(metadata['lines'])} (${String(metadata['resolution'])})`,
    )
    .sort();
}

describe("calls by TypeScript's checker, in a process of its own (needs the compiled lib: tsc -b)", () => {
  run(
    'follows types that are only inferred, re-exports, chains and inherited members',
    async () => {
      expect(await callsOf('src/app.ts', 'auto')).toEqual([
        'sym:src/app.ts#run -> sym:src/store.ts#Cache 8 (exact)',
        'sym:src/app.ts#run -> sym:src/store.ts#Disk.find 8 (exact)',
        'sym:src/app.ts#run -> sym:src/store.ts#Store.find 7 (exact)',
        'sym:src/app.ts#stores -> sym:src/store.ts#make 3 (exact)',
      ]);
    },
  );

  run('is told apart in the graph from resolution by scopes alone', async () => {
    const checked = await build('auto');
    expect(checked.project.metadata['callChecker']).toMatchObject({ filesChecked: 3, note: null });
    const unchecked = await build('off');
    expect(unchecked.project.metadata['callChecker']).toMatchObject({
      filesChecked: 0,
      note: 'switched off',
    });
  });

  run('is not asked again about files that the cache knows its answer for', async () => {
    const cache = new MemoryGraphCache();
    const first = await build('auto', cache);
    const second = await build('auto', cache, 'b'.repeat(40));
    const checker = (graph: ProjectGraph) => graph.project.metadata['callChecker'];
    expect(checker(first)).toMatchObject({ filesChecked: 3, fromCache: false, note: null });
    expect(checker(second)).toMatchObject({ filesChecked: 3, fromCache: true, note: null });
    expect(second.edges).toEqual(first.edges);
  });

  run('is asked again about files that see another type, and about no others', async () => {
    const cache = new MemoryGraphCache();
    const before = {
      'make.ts': `import { A, B } from './types.js';\nexport const make = () => new A();\nexport function both(): B {\n  return new B();\n}\n`,
      'types.ts': 'export class A { run() {} }\nexport class B { run() {} }\n',
      'use.ts': `import { make, both } from './make.js';\nexport const use = () => make().run();\nexport const other = () => both().run();\n`,
      'apart.ts': 'export const apart = () => [1].map(String);\n',
    };
    await callsIn(before, cache);
    // Its written type stays, so nobody else can tell; the lines of what follows move.
    const body = before['make.ts'].replace('  return', '  String(1);\n  return');
    expect(await callsIn({ ...before, 'make.ts': body }, cache)).toMatchObject({ asked: 1 });
    const type = before['make.ts'].replace('new A()', 'new B()');
    expect(await callsIn({ ...before, 'make.ts': type }, cache)).toEqual({
      asked: 2,
      calls: [
        'sym:make.ts#both -> sym:types.ts#B',
        'sym:make.ts#make -> sym:types.ts#B',
        'sym:use.ts#other -> sym:make.ts#both',
        'sym:use.ts#other -> sym:types.ts#B.run',
        'sym:use.ts#use -> sym:make.ts#make',
        'sym:use.ts#use -> sym:types.ts#B.run',
      ],
    });
    const reaching = { ...before, 'reach.ts': 'declare const everywhere: { run(): void };\n' };
    expect(await callsIn(reaching, cache)).toMatchObject({ asked: 5 });
  });

  run('costs no more than precision when it runs out of time', async () => {
    const request = wholeRequest();
    const result = await runChecker(request, { ...CHECKER_LIMITS, timeoutMs: 1 });
    expect(result).toEqual({ files: new Map(), reason: 'stopped after 0.001 s' });
  });

  run('costs no more than precision when it runs out of memory, and edges tell so', async () => {
    const { edges, project } = await build('auto', undefined, undefined, 1);
    expect(project.metadata['callChecker']).toMatchObject({
      filesChecked: 0,
      note: 'ran out of its 1 MB',
    });
    const calls = edges.filter(({ type }) => type === 'calls');
    expect(calls.length).toBeGreaterThan(0);
    expect(new Set(calls.map(({ metadata }) => metadata['by']))).toEqual(new Set(['scopes']));
    const checked = await build('auto');
    expect(checked.edges.filter(({ metadata }) => metadata['by'] === 'scopes')).toEqual([]);
  });

  run('replaces a checker that fills its memory and still looks at all files', () => {
    const request = {
      ...wholeRequest(),
      files: Object.keys(files).flatMap((path) => Array.from({ length: 50 }, () => path)),
    };
    const collected: string[] = [];
    const short = {
      isNearlyFull: () => true,
      isHalfFull: () => true,
      collect: () => void collected.push(''),
    };
    expect([...checkCalls(request, short)]).toEqual([...checkCalls(request, roomy)]);
    expect(collected.length).toBeGreaterThan(2);
  });

  run('ends with the reason of an abort', async () => {
    const abort = new AbortController();
    const request = wholeRequest();
    const pending = runChecker(request, CHECKER_LIMITS, abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(pending).rejects.toThrow('cancelled');
  });
});
