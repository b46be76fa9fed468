import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ProjectGraph } from '@hil/contracts';
import {
  createRepository,
  temporaryDirectory,
  type FileMap,
  type TemporaryDirectory,
  type TestRepository,
} from '@hil/testing';
import { MirrorStore, parseRepositoryAddress, type Worktree } from '@hil/version-control';
import { readProjectGraph } from './project-graph.js';

// A real git with 50 MB to pack, on a machine that does other things too.
jest.setTimeout(120_000);

let folder: TemporaryDirectory;
let repository: TestRepository;
let worktree: Worktree;
let sha: string;
let lines: string[];

beforeEach(async () => {
  folder = await temporaryDirectory();
  lines = [];
});

afterEach(async () => {
  await worktree?.dispose();
  await repository?.remove();
  await folder.remove();
});

/** Opens a tree of a repository with these files, after `change` has had its way with the checkout. */
async function opened(files: FileMap, change?: () => Promise<unknown>): Promise<void> {
  repository = await createRepository(files);
  await change?.();
  await repository.publish();
  const policy = { allowedHosts: [], allowHttp: false, allowLocalPaths: true };
  const limits = { maxMb: 500, maxFiles: 1_000 };
  const store = new MirrorStore({ dataDir: join(folder.path, 'data'), policy, limits });
  const address = parseRepositoryAddress(repository.checkout, policy);
  sha = (await store.sync(address)).baseSha;
  worktree = await store.openWorktree({ address, runId: randomUUID(), sha });
}

function graph(): Promise<ProjectGraph> {
  return readProjectGraph(
    { graphCache: null, graphMemory: { graphMb: 1_000, checkerMb: 950 } },
    {
      run: { request: { message: 'what is this project' }, context: {} },
      log: (line) => void lines.push(line),
      signal: new AbortController().signal,
    },
    worktree,
    sha,
  );
}

/** Path -> reason of a list under `metadata`. */
function reasons({ project }: ProjectGraph, list: 'skipped' | 'partlyRead') {
  const entries = project.metadata[list] as { path: string; reason: string }[];
  return Object.fromEntries(entries.map(({ path, reason }) => [path, reason]));
}

describe('the graph of a repository as git has it', () => {
  it('lists every file that it cannot read, or not whole, with the reason', async () => {
    await opened(
      {
        'src/ok.ts': 'export const ok = 1;\n',
        'src/huge.ts': Buffer.alloc(50_000_000, 'a'),
        'src/picture.ts': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0xff]),
        'src/bundle.js': `var a=${'1+'.repeat(4_000)}1;`,
        'src/app.min.js': 'var a=1;',
        'src/deep.ts': `export const deep = ${'['.repeat(20_000)}${']'.repeat(20_000)};\n${'\n'.repeat(200)}`,
        'src/latin.py': Buffer.from([0x78, 0x3d, 0x22, 0xe9, 0x22, 0x0a]),
        'src/broken.ts': 'export function f( { class\n',
        'node_modules/x/index.js': 'module.exports = 1;\n',
      },
      async () => {
        symlinkSync('loop.ts', join(repository.checkout, 'src/loop.ts'));
        symlinkSync('..', join(repository.checkout, 'src/up'));
        symlinkSync('../up/src/up/src/ok.ts', join(repository.checkout, 'src/around.ts'));
        await repository.git('add', '--all');
        await repository.git(
          'update-index',
          '--add',
          '--cacheinfo',
          `160000,${'1'.repeat(40)},lib/sub`,
        );
        await repository.git('commit', '--quiet', '-m', 'links and a submodule');
      },
    );
    const read = await graph();
    expect(reasons(read, 'skipped')).toEqual({
      'lib/sub': 'submodule',
      'node_modules/x/index.js': 'in ignored folder node_modules',
      'src/app.min.js': 'minified',
      'src/around.ts': 'symbolic link',
      'src/bundle.js': 'minified',
      'src/huge.ts': 'larger than 1 MB',
      'src/loop.ts': 'symbolic link',
      'src/picture.ts': 'binary content',
      'src/up': 'symbolic link',
    });
    expect(reasons(read, 'partlyRead')).toEqual({
      'src/broken.ts': 'has syntax errors',
      'src/deep.ts': 'nested too deeply to read whole',
      'src/latin.py': 'not valid UTF-8, the odd bytes were replaced',
    });
    expect(read.symbols.map(({ name }) => name)).toContain('ok');
    // The minified by name and the too large are never opened, so they are not among those to read.
    expect(lines).toContain('reading 6 source files');
  });

  it('is an empty graph for a repository without files', async () => {
    await opened({});
    const read = await graph();
    expect(read).toMatchObject({ modules: [], symbols: [], endpoints: [], edges: [] });
    expect(read.project.metadata).toMatchObject({ skipped: [], partlyRead: [] });
  });

  it('has what the commit says, whatever stands on disk by now', async () => {
    const files = ['edited', 'longer', 'pipe', 'link', 'gone'];
    await opened(
      Object.fromEntries(files.map((name) => [`src/${name}.ts`, `export const ${name} = 1;\n`])),
    );
    const at = (name: string) => join(worktree.path, `src/${name}.ts`);
    writeFileSync(at('edited'), 'export const change = 1;\n');
    writeFileSync(at('longer'), 'export const somethingElse = 1;\n');
    for (const name of ['pipe', 'link', 'gone']) rmSync(at(name));
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('/dev/zero', at('link'));
    const read = await graph();
    expect(read.symbols.map(({ name }) => name).sort()).toEqual([...files].sort());
  });
});
