import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaselineCache, type BaselineKey } from './baseline-cache.js';
import { type SuiteResult } from './suite.js';

const key: BaselineKey = {
  treeId: 'a'.repeat(40),
  suite: {
    id: 'jest@.',
    framework: 'jest',
    cwd: '.',
    reason: '',
    command: ['npm', 'test'],
    installPlan: null,
  },
  dependencies: 'k1',
  driver: 'bubblewrap',
};
const result: SuiteResult = {
  status: 'failed',
  framework: 'jest',
  cwd: '.',
  cases: [{ name: 'adds', status: 'failed', file: 'a.test.ts', line: 3 }],
  totals: { passed: 0, failed: 1, skipped: 0, errors: 0 },
  message: '',
  durationMs: 5,
  sandbox: { driver: 'bubblewrap', enforced: [], unenforced: [] },
  source: 'reporter',
};

describe('BaselineCache', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hil-baselines-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back what was kept for the same tree, suite, dependencies and driver, and nothing else', async () => {
    const cache = new BaselineCache(folder);
    await cache.put(key, result);
    expect(await cache.get(key)).toEqual(result);
    const others: Partial<BaselineKey>[] = [
      { treeId: 'b'.repeat(40) },
      { dependencies: null },
      { driver: 'docker' },
      { suite: { ...key.suite, script: 'jest --ci' } },
    ];
    for (const other of others) expect(await cache.get({ ...key, ...other })).toBeNull();
  });

  it('keeps no run that broke: the next one might not', async () => {
    const cache = new BaselineCache(folder);
    await cache.put(key, { ...result, status: 'error' });
    await cache.put(key, { ...result, status: 'not_run' });
    expect(await cache.get(key)).toBeNull();
  });

  it('takes a damaged file for none', async () => {
    const cache = new BaselineCache(folder);
    await cache.put(key, result);
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"status":');
    expect(await cache.get(key)).toBeNull();
  });

  it('drops the results that were not used for longest', async () => {
    const cache = new BaselineCache(folder);
    for (let index = 0; index < 103; index += 1) {
      await cache.put({ ...key, treeId: String(index) }, result);
    }
    expect(readdirSync(folder)).toHaveLength(100);
    expect(await cache.get({ ...key, treeId: '102' })).toEqual(result);
  });
});
