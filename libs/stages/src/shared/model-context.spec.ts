import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Overlay } from '@hil/code-editing';
import type { ProjectGraph } from '@hil/contracts';
import { type TemporaryDirectory, temporaryDirectory } from '@hil/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { graphOfFiles } from '../fixtures/graph-of-files.js';
import { contextLines, modelContext } from './model-context.js';

const FILES = {
  'src/cart.ts': 'export function cartTotal(items: number[]) { return items.length; }\n',
  'src/large.ts': `export function largeCart() {}\n${'// filler of a cart\n'.repeat(400)}`,
  'src/tax.ts': "export const vat = 19;\nexport const payee = () => 'the fisc';\n",
};

describe('what a model sees of a repository', () => {
  let folder: TemporaryDirectory;
  let graph: ProjectGraph;
  let overlay: Overlay;
  beforeAll(async () => {
    folder = await temporaryDirectory('hil-context-');
    for (const [path, text] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), text);
    }
    graph = await graphOfFiles(FILES);
    overlay = await Overlay.open(folder.path);
  });
  afterAll(() => folder.remove());

  const context = (request: string, budgetTokens: number) =>
    modelContext({ graph, overlay, request, targets: [], budgetTokens });

  it('is the best files whole, with numbered lines inside a fence', async () => {
    const { text, files } = await context('cartTotal counts wrongly', 2_000);
    expect(files[0]).toMatchObject({ path: 'src/cart.ts', shown: 'body' });
    expect(text).toMatch(/<untrusted-\w+ source="src\/cart\.ts">\n1: export function cartTotal/);
  });

  it('is the signatures of a file that is too large', async () => {
    const { text, files } = await context('the large cart', 2_000);
    expect(files.find(({ path }) => path === 'src/large.ts')?.shown).toBe('signatures');
    expect(text).toContain('largeCart');
    expect(text).not.toContain('filler of a cart');
  });

  it('holds its budget, and says what was chosen and why', async () => {
    const chosen = await context('cart', 60);
    expect(chosen.files.filter(({ shown }) => shown === 'body')).toEqual([]);
    const roomy = await context('cartTotal', 2_000);
    expect(roomy.tokens).toBeLessThanOrEqual(2_000);
    expect(contextLines(roomy).join('\n')).toMatch(
      /src\/cart\.ts \(body, 1\.00: .*declares cartTotal/,
    );
  });

  it('ranks by what files say, too', async () => {
    const { files } = await context('the fisc', 2_000);
    expect(files.map(({ path }) => path)).toEqual(['src/tax.ts']);
  });
});
