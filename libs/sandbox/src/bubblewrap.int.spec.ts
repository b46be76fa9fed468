import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { requireOrSkip } from '@hil/testing';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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

  const byRoot = process.getuid?.() === 0 ? it : it.skip;

  /** Puts a program of ours before the one of the machine while something runs. */
  const instead = async (name: string, script: string, body: () => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'hil-instead-'));
    const path = process.env['PATH'];
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    try {
      process.env['PATH'] = `${folder}${delimiter}${path}`;
      await body();
    } finally {
      process.env['PATH'] = path;
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const unenforced = (limit: string) => ({
    exitCode: 0,
    sandbox: { unenforced: expect.arrayContaining([limit]) },
  });
  const enforced = (limit: string) => ({
    exitCode: 0,
    sandbox: { enforced: expect.arrayContaining([limit]) },
  });

  byRoot('asks again whether commands can be nobody after a try that told nothing', async () => {
    // Meanwhile as root, in a workspace that is nobody's from the run before.
    expect(await run()).toMatchObject(enforced('unprivileged_user'));
    const driver = new BubblewrapDriver();
    await instead('setpriv', 'kill -9 $$', async () => {
      expect(await run({}, driver)).toMatchObject(unenforced('unprivileged_user'));
      expect((await driver.probe()).unenforced).toContain('unprivileged_user');
    });
    expect((await driver.probe()).enforced).toContain('unprivileged_user');
    expect(await run({}, driver)).toMatchObject(enforced('unprivileged_user'));
  });

  byRoot('asks once where the machine lets nobody else make a sandbox', async () => {
    const driver = new BubblewrapDriver();
    await instead('setpriv', 'echo "not permitted" >&2; exit 1', async () => {
      expect(await run({}, driver)).toMatchObject(unenforced('unprivileged_user'));
    });
    expect(await run({}, driver)).toMatchObject(unenforced('unprivileged_user'));
  });
});
