import { type SandboxDriver, type SandboxResult, type SandboxSpec } from '@hil/sandbox';
import { afterEach, expect, it } from '@jest/globals';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, removeTrees, tree } from '../spec-support/trees.js';
import { type TestSuite } from '../suite.js';
import { prepareDependencies } from './prepare-dependencies.js';

const SUITE: TestSuite = {
  id: 'go:.',
  framework: 'go',
  reason: 'go.mod',
  cwd: '.',
  command: ['go', 'test', './...'],
  installPlan: { manager: 'go', root: '.', summary: 'go mod download', inputs: ['go.mod'] },
};

afterEach(removeTrees);

/** Downloads one module, slowly, and counts how often. */
class SlowDriver {
  readonly name = 'bubblewrap';
  readonly isolatesFilesystem = true;
  installations = 0;

  toolchains() {
    return Promise.resolve({ fingerprint: 'the same' });
  }

  async prepare(
    spec: SandboxSpec,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Partial<SandboxResult>> {
    this.installations += 1;
    const modules = join(spec.writableMounts?.[0]?.source ?? '', 'modules');
    writeFileSync(join(modules, 'half'), '');
    await sleep(150);
    if (signal?.aborted) return { reason: 'aborted', exitCode: null, message: 'cancelled' };
    writeFileSync(join(modules, 'whole'), '');
    return { reason: 'exited', exitCode: 0 };
  }
}

function setUp() {
  const driver = new SlowDriver();
  const cacheDir = folder();
  const prepare = (signal?: AbortSignal) =>
    prepareDependencies({
      suite: SUITE,
      workspace: tree({ 'go.mod': 'module x\n' }),
      driver: driver as unknown as SandboxDriver,
      cacheDir,
      ...(signal ? { signal } : {}),
    });
  return { driver, cacheDir, prepare };
}

it('installs once what two runs need at the same time, and both have it whole', async () => {
  const { driver, cacheDir, prepare } = setUp();
  const both = await Promise.all([prepare(), prepare()]);
  expect(both.map(({ status }) => status)).toEqual(['ready', 'ready']);
  expect(both.map(({ reused }) => reused).sort()).toEqual([false, true]);
  expect(driver.installations).toBe(1);
  for (const { readOnlyMounts } of both) {
    expect(readdirSync(readOnlyMounts[0]?.source ?? '')).toContain('whole');
  }
  expect(readdirSync(cacheDir)).toHaveLength(1);
});

it('installs itself what the run that began it was cancelled at', async () => {
  const { driver, prepare } = setUp();
  const abort = new AbortController();
  const first = expect(prepare(abort.signal)).rejects.toThrow('gone');
  while (driver.installations === 0) await sleep(5);
  const second = prepare();
  abort.abort(new Error('gone'));
  await first;
  expect(await second).toMatchObject({ status: 'ready', reused: false });
  expect(driver.installations).toBe(2);
});
