import { describe, expect, it } from '@jest/globals';
import { ProcessDriver } from './process.driver.js';
import { selectSandbox } from './select-sandbox.js';

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
});
