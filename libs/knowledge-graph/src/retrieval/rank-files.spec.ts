import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../fixtures/memory-project.js';
import { rankFiles } from './rank-files.js';

const files = {
  'src/login/session.ts':
    "import { readToken } from './token.js';\nexport function openSession(user: string) { return readToken(user); }\n",
  'src/login/token.ts':
    'export function readToken(user: string) { return user; } // expiry is counted in fortnights\n',
  'src/shop/cart.ts': 'export class ShoppingCart { addItem(name: string) { return name; } }\n',
  'src/shop/price.ts': 'export const vat = 19;\n',
};

describe('ranking files by a request', () => {
  it('puts a file that is named first, and says why', async () => {
    const [first] = rankFiles(await graphOf(files), 'Round the price in src/shop/price.ts');
    expect(first).toMatchObject({
      path: 'src/shop/price.ts',
      score: 1,
      reasons: expect.arrayContaining(['named in the request']),
    });
  });

  it('finds a symbol that is spelled out, and words of prose in names', async () => {
    const graph = await graphOf(files);
    const [declared] = rankFiles(graph, 'ShoppingCart has to refuse nothing');
    expect(declared).toMatchObject({ path: 'src/shop/cart.ts' });
    expect(declared?.reasons).toContain('declares ShoppingCart');
    const [prose] = rankFiles(graph, 'adding items to the shopping cart twice');
    expect(prose).toMatchObject({ path: 'src/shop/cart.ts' });
  });

  it('finds what only a text says, once texts are given', async () => {
    const graph = await graphOf(files);
    const request = 'the fortnights are counted wrongly';
    expect(rankFiles(graph, request)).toEqual([]);
    const [first] = rankFiles(graph, request, { texts: new Map(Object.entries(files)) });
    expect(first).toMatchObject({
      path: 'src/login/token.ts',
      reasons: ['its text shares words with the request'],
    });
  });

  it('brings in what is near in the graph, behind what it is near to', async () => {
    const ranked = rankFiles(await graphOf(files), 'x', { targets: ['src/login/session.ts'] });
    expect(ranked.map(({ path }) => path)).toEqual(['src/login/session.ts', 'src/login/token.ts']);
    expect(ranked[1]?.reasons).toEqual(['near relevant files in the graph']);
  });

  it('gives no more than the limit, and nothing for a request without a trace', async () => {
    const graph = await graphOf(files);
    expect(rankFiles(graph, 'login session token', { limit: 1 })).toHaveLength(1);
    expect(rankFiles(graph, 'zebra')).toEqual([]);
  });
});
