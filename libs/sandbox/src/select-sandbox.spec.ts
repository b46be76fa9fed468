import { describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { ProcessDriver } from './process.driver.js';
import { selectSandbox, unsandboxedProblem } from './select-sandbox.js';

describe('selectSandbox', () => {
  it('never takes the process driver by itself', async () => {
    const drivers = [new ProcessDriver()];
    expect(await selectSandbox({ mode: 'auto', drivers })).toEqual({ driver: null, tried: [] });
  });

  it('takes the process driver when it is named, and says what that does not enforce', async () => {
    const { driver } = await selectSandbox({ mode: 'process' });
    const probe = await driver?.probe();
    expect(driver?.name).toBe('process');
    expect(probe?.unenforced).toEqual(
      expect.arrayContaining(['filesystem', 'network', 'memory', 'pids']),
    );
  });

  it('refuses a named driver that is not there with no_sandbox', async () => {
    await expect(selectSandbox({ mode: 'docker', drivers: [] })).rejects.toMatchObject({
      code: 'no_sandbox',
    });
  });

  it('takes no driver that can not enforce what is required, and says which limit', async () => {
    const selected = selectSandbox({ mode: 'process', require: ['output', 'memory'] });
    await expect(selected).rejects.toThrow(/can't enforce memory here, which SANDBOX_REQUIRE/);
    expect(await unsandboxedProblem(['memory'])).toMatch(/plain process can't enforce memory/);
    expect(await unsandboxedProblem([])).toBeNull();
  });

  it('installs nothing where the operator forbids any network', async () => {
    const { driver } = await selectSandbox({ mode: 'process', network: 'none' });
    const limits = { timeoutMs: 5_000, memoryMb: 64, cpus: 1, pids: 16, maxOutputBytes: 1_000 };
    const spec = { ...limits, workspace: tmpdir(), argv: ['true'] as const };
    expect(await driver?.prepare(spec)).toMatchObject({
      reason: 'failed_to_start',
      message: expect.stringContaining('SANDBOX_NETWORK=none'),
    });
    expect(await driver?.run(spec)).toMatchObject({ exitCode: 0 });
  });
});
