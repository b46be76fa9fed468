import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandUser } from './command-user.js';
import { type SandboxResult, type SandboxSpec } from './sandbox.js';

const sandbox: SandboxResult['sandbox'] = { driver: 'bubblewrap', enforced: [], unenforced: [] };
const result = (change: Partial<SandboxResult>): SandboxResult => ({
  ...{ exitCode: null, signal: null, reason: 'exited', durationMs: 1, sandbox },
  ...change,
});
const failed = (message: string) => result({ reason: 'failed_to_start', message });
const able = result({ exitCode: 0 });

describe('CommandUser', () => {
  const runAsNobody = jest.fn<(spec: SandboxSpec) => Promise<SandboxResult>>();
  let user: CommandUser;

  beforeEach(() => {
    jest.spyOn(process, 'getuid').mockReturnValue(0);
    runAsNobody.mockReset();
    user = new CommandUser(runAsNobody);
  });
  afterEach(() => void jest.restoreAllMocks());

  it.each<[string, SandboxResult]>([
    ['a time-out', result({ reason: 'timeout', signal: 'SIGKILL' })],
    ['a limit', result({ reason: 'memory_limit', exitCode: 1 })],
    ['a killed process', result({ reason: 'failed_to_start', signal: 'SIGKILL' })],
    ['a full process table', failed('spawn setpriv EAGAIN')],
    ['a full machine', failed('bwrap: Creating new namespace failed: Cannot allocate memory')],
  ])('does not remember %s', async (_what, first) => {
    runAsNobody.mockResolvedValueOnce(first).mockResolvedValueOnce(able);
    expect([await user.ask(), user.remembered]).toEqual(['root', undefined]);
    expect([await user.ask(), user.remembered]).toEqual(['nobody', 'nobody']);
    expect(await user.ask()).toBe('nobody');
    expect(runAsNobody).toHaveBeenCalledTimes(2);
  });

  it('does not remember an error', async () => {
    runAsNobody.mockRejectedValueOnce(new Error('chown failed')).mockResolvedValueOnce(able);
    expect([await user.ask(), await user.ask()]).toEqual(['root', 'nobody']);
  });

  it.each<[string, SandboxResult]>([
    ['a kernel that forbids it', failed('bwrap: No permissions to create new namespace')],
    ['toolchains that others can not execute', result({ exitCode: 1 })],
  ])('remembers %s', async (_what, answer) => {
    runAsNobody.mockResolvedValue(answer);
    expect([await user.ask(), await user.ask(), user.remembered]).toEqual(['root', 'root', 'root']);
    expect(runAsNobody).toHaveBeenCalledTimes(1);
  });

  it('asks once for all that want to know at the same time', async () => {
    runAsNobody.mockResolvedValue(result({ reason: 'timeout' }));
    expect(await Promise.all([user.ask(), user.ask()])).toEqual(['root', 'root']);
    expect(runAsNobody).toHaveBeenCalledTimes(1);
  });

  it('tries a workspace that only root can come to', async () => {
    runAsNobody.mockImplementation(({ workspace }) => {
      expect(statSync(dirname(workspace)).mode & 0o077).toBe(0);
      return Promise.resolve(able);
    });
    expect(await user.ask()).toBe('nobody');
  });
});
