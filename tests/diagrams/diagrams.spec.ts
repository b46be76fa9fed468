import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphDiagram,
  type InputFile,
  GraphQueries,
  buildGraph,
  drawArchitecture,
  drawDependencies,
  isDiagram,
} from '@hil/knowledge-graph';
import { requireOrSkip } from '@hil/testing';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What a file or folder may be called, and what Mermaid would take for its own. */
const AWKWARD = [
  'end',
  'graph',
  'subgraph',
  'class',
  'classDef',
  'style',
  'click',
  'default',
  'flowchart LR',
  'a "quoted" name',
  "it's",
  'brackets [a] (b) {c} <d>',
  'pipe|and;semicolon#34;',
  '-->',
  'x --- y',
  'back`tick`',
  '`markdown`',
  '%% comment',
  '%%{init: {"theme": "dark"}}%%',
  '$$E=mc^2$$',
  'back\\slash',
  '&amp;lt',
  'größe-日本語-😀',
  'two\nlines',
  'tab\there',
  ':::target',
  '@decorated',
  'x'.repeat(300),
];

function fileOf(path: string, text: string): InputFile {
  const bytes = Buffer.from(text);
  return { path, blobId: path, size: bytes.length, read: () => Promise.resolve(bytes) };
}

/** Each folder holds a file of its own name, which uses that of the next folder. */
function awkwardFiles(): InputFile[] {
  return AWKWARD.flatMap((name, at) => {
    const next = AWKWARD[(at + 1) % AWKWARD.length] ?? '';
    const specifier = JSON.stringify(`../../src/${next}/${next}.js`);
    return [fileOf(`src/${name}/${name}.js`, `import ${specifier};\nexport const a${at} = 1;\n`)];
  });
}

/** Mermaid's complaint about each text; null for those it takes. */
function complaintsOf(diagrams: readonly string[]): (string | null)[] {
  const output = execFileSync(process.execPath, [here('parse-diagrams.mjs')], {
    input: JSON.stringify(diagrams),
    maxBuffer: 2 ** 26,
    timeout: 120_000,
  });
  return JSON.parse(output.toString('utf8')) as (string | null)[];
}

requireOrSkip(
  "diagrams by Mermaid's own parser",
  existsSync(here('node_modules/mermaid')),
  'run npm ci --prefix tests/diagrams',
)(() => {
  let drawn: GraphDiagram[];

  beforeAll(async () => {
    const project = { name: 'odd "names"', gitSha: 'a'.repeat(40), rootPath: '' };
    const graph = await buildGraph({ files: awkwardFiles(), project });
    const queries = new GraphQueries(graph);
    const one = graph.modules.map(({ path }) => drawDependencies(queries, path)).filter(isDiagram);
    const empty = await buildGraph({ files: [], project });
    drawn = [drawArchitecture(graph), drawArchitecture(empty), ...one];
  }, 60_000);

  it('are valid whatever files and folders are called', () => {
    expect(drawn).toHaveLength(AWKWARD.length + 2);
    expect(complaintsOf(drawn.map(({ diagram }) => diagram))).toEqual(drawn.map(() => null));
  }, 150_000);

  it('are refused by that parser when they are wrong, so that the test above means something', () => {
    expect(
      complaintsOf(['flowchart LR\n  n0["a"b"]\n', 'flowchart LR\n  end --> n0\n', 'nonsense\n']),
    ).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  }, 150_000);

  it('name every file they show, once, and hand no text to Mermaid as a directive', () => {
    const dependencies = drawn.slice(2);
    for (const { diagram, nodes } of dependencies) {
      expect(diagram.match(/^ +n\d+\["/gm)).toHaveLength(nodes);
      expect(diagram).not.toContain('%%');
    }
  });
});

describe('a name longer than a box', () => {
  it('keeps its end, which tells it apart', async () => {
    const project = { name: 'long', gitSha: 'a'.repeat(40), rootPath: '' };
    const graph = await buildGraph({
      files: [fileOf(`src/${'y'.repeat(300)}-tail.js`, 'export const a = 1;\n')],
      project,
    });
    const [module] = graph.modules;
    const found = drawDependencies(new GraphQueries(graph), module?.path ?? '');
    if (!isDiagram(found)) throw new Error(found.answer);
    expect(found.diagram).toMatch(/\["…y{1,80}-tail\.js"\]/);
  });
});
