import type { FileFacts } from '@hil/knowledge-graph';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PostgresGraphCache } from '../graph-cache/postgres-graph-cache.js';
import { RunWorld } from './testing/run-world.js';

let world: RunWorld;
let cache: PostgresGraphCache;
beforeAll(async () => {
  world = await RunWorld.open();
  cache = new PostgresGraphCache(world.database);
}, 60_000);
afterAll(() => world.close());

const facts = (summary: string): FileFacts => ({
  language: 'typescript',
  skipped: null,
  partial: null,
  loc: 1,
  hasSyntaxErrors: false,
  namespaces: [],
  symbols: [],
  imports: [],
  exports: [],
  calls: [],
  heritage: [],
  types: null,
  typeReferences: [],
  routing: null,
  database: [],
  isEntryPoint: false,
  summary,
});

describe('the cache of graphs in PostgreSQL', () => {
  it('answers with what was put, and nothing for keys it does not know', async () => {
    const entries = Array.from({ length: 450 }, (_, n) => ({
      key: `k${n}`,
      facts: facts(`"é\\${n}`),
    }));
    await cache.putMany(entries);
    await cache.putMany(entries.slice(0, 1));
    const found = await cache.getMany(['k0', 'k449', 'other']);
    expect(found).toEqual(
      new Map([
        ['k0', facts('"é\\0')],
        ['k449', facts('"é\\449')],
      ]),
    );
    // More than a statement asks for.
    const others = Array.from({ length: 6_000 }, (_, n) => `other${n}`);
    expect(await cache.known(['k0', ...others, 'k449'])).toEqual(new Set(['k0', 'k449']));
  });

  it('replaces what jsonb refuses, and keeps what only looks like it', async () => {
    await cache.putMany([
      { key: 'nul', facts: facts('a\0b \ud800 c') },
      { key: 'written', facts: facts('a\\u0000b') },
    ]);
    const found = await cache.getMany(['nul', 'written']);
    expect(found.get('nul')?.summary).toBe('a\ufffdb \ufffd c');
    expect(found.get('written')?.summary).toBe('a\\u0000b');
  });

  it('keeps the calls of files beside the facts of files', async () => {
    const keys = ['calls:1', 'calls:2'];
    expect(await cache.getCalls(keys)).toEqual(new Map());
    await cache.putCalls([{ key: 'calls:1', packed: '[[1,"a\\u0000",0]]' }]);
    await cache.putCalls([{ key: 'calls:1', packed: 'other' }]);
    expect(await cache.getCalls(keys)).toEqual(new Map([['calls:1', '[[1,"a\\u0000",0]]']]));
  });

  it('drops what nobody has asked for since a moment, and keeps what was read', async () => {
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    await cache.putMany(['read', 'unread'].map((key) => ({ key, facts: facts(key) })));
    await cache.putCalls([{ key: 'calls:read', packed: '[]' }]);
    await world.database.pool.query('UPDATE graph_cache SET used_at = $1', [days(40)]);
    await cache.getMany(['read']);
    await cache.getCalls(['calls:read']);
    expect(await cache.dropUnusedSince(days(50))).toBe(0);
    expect(await cache.dropUnusedSince(days(30))).toBeGreaterThan(0);
    const { rows } = await world.database.pool.query('SELECT key FROM graph_cache ORDER BY key');
    expect(rows).toEqual([{ key: 'calls:read' }, { key: 'read' }]);
  });
});
