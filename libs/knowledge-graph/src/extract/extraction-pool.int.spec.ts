import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ThreadedExtraction } from './extraction-pool.js';

const script = new URL('../../dist/extract/extraction-worker.js', import.meta.url);
const run = existsSync(script) || process.env['HIL_REQUIRE_ALL'] === '1' ? it : it.skip;
const job = (text: string) => ({
  files: [{ language: 'typescript' as const, bytes: new TextEncoder().encode(text) }],
});
let pool: ThreadedExtraction | undefined;

afterEach(() => pool?.close());

describe('extraction in threads (needs the compiled lib: tsc -b)', () => {
  run('answers batches in parallel, each with its own facts', async () => {
    pool = new ThreadedExtraction(script, undefined, 2);
    const [a, b] = await Promise.all([
      pool.extract(job('export const a = 1;')),
      pool.extract(job('export const b = 1;')),
    ]);
    expect([a?.[0]?.symbols[0]?.name, b?.[0]?.symbols[0]?.name]).toEqual(['a', 'b']);
  });

  run('ends at once with the reason of an abort', async () => {
    const abort = new AbortController();
    pool = new ThreadedExtraction(script, abort.signal, 1);
    const pending = pool.extract(job('const x = [1];\n'.repeat(60_000)));
    setTimeout(() => abort.abort(new Error('cancelled')), 20);
    const before = Date.now();
    await expect(pending).rejects.toThrow('cancelled');
    expect(Date.now() - before).toBeLessThan(5_000);
  });
});
