import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { requireOrSkip } from '@hil/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BubblewrapDriver } from './bubblewrap.driver.js';
import { Cgroup } from './cgroup.js';
import { type SandboxSpec } from './sandbox.js';

const limits = { timeoutMs: 10_000, memoryMb: 256, cpus: 1, pids: 64, maxOutputBytes: 100_000 };
const { available, reason } = await new BubblewrapDriver().probe();

jest.setTimeout(120_000);

requireOrSkip(
  'the bubblewrap driver',
  available,
  reason ?? 'no bubblewrap',
)(() => {
  let workspace: string;
  const run = (change: Partial<SandboxSpec> = {}, driver = new BubblewrapDriver()) =>
    driver.run({ workspace, argv: ['true'], ...limits, ...change });

  beforeAll(() => {
    workspace = mkdtempSync(join(tmpdir(), 'hil-bubblewrap-spec-'));
  });
  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  it.each<[string, Partial<SandboxSpec>]>([
    ['a workspace that is not there', { workspace: '/nowhere/workspace' }],
    ['a command that is longer than the kernel takes', { argv: ['echo', 'x'.repeat(200_000)] }],
  ])('leaves no control group of a run that fails for %s', async (_what, change) => {
    const driver = new BubblewrapDriver();
    await driver.probe();
    const create = jest.spyOn(Cgroup, 'create');
    const remove = jest.spyOn(Cgroup.prototype, 'remove');
    try {
      await expect(run(change, driver)).rejects.toThrow();
      expect(remove).toHaveBeenCalledTimes(create.mock.calls.length);
    } finally {
      create.mockRestore();
      remove.mockRestore();
    }
  });
});
