import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SandboxDriver, type SandboxSpec } from '../sandbox.js';

const LIMITS = {
  timeoutMs: 120_000,
  memoryMb: 256,
  cpus: 1,
  pids: 64,
  maxOutputBytes: 10_000_000,
};

/** What every driver that isolates does for a command that means no harm. */
export function conduct(driver: () => SandboxDriver): void {
  const run = async (
    argv: SandboxSpec['argv'],
    change: Partial<SandboxSpec> = {},
    { phase = 'run', signal }: { phase?: 'run' | 'prepare'; signal?: AbortSignal } = {},
  ) => {
    const workspace = mkdtempSync(join(tmpdir(), 'hil-conduct-'));
    let output = '';
    const onOutput = (_stream: string, chunk: Buffer) => void (output += chunk.toString());
    try {
      const spec = { ...LIMITS, workspace, argv, onOutput, ...change };
      const result = await driver()[phase](spec, signal ? { signal } : {});
      const made = join(workspace, 'made');
      return { result, output, made: existsSync(made) ? readFileSync(made, 'utf8') : null };
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  };

  it('runs a command in the workspace and reports its exit code', async () => {
    const { result, output, made } = await run(['sh', '-c', 'pwd; echo yes > made; exit 7']);
    expect(result).toMatchObject({ exitCode: 7, reason: 'exited' });
    expect(output).toBe('/workspace\n');
    expect(made).toBe('yes\n');
  });

  it('says that a command does not exist, and refuses a folder outside the workspace', async () => {
    const { result } = await run(['no-such-program']);
    expect(result).toMatchObject({ exitCode: null, reason: 'failed_to_start' });
    expect(result.message).toContain('no-such-program');
    const outside = await run(['true'], { cwd: '../..' });
    expect(outside.result).toMatchObject({ reason: 'failed_to_start' });
  });

  it('gives tests a loopback of their own', async () => {
    const script = `
const http = require('node:http');
const own = http.createServer((q, r) => r.end('own')).listen(0, '127.0.0.1', () =>
  http.get({ host: '127.0.0.1', port: own.address().port }, (r) => { r.pipe(process.stdout); own.close(); }));`;
    expect((await run(['node', '-e', script])).output).toBe('own');
  });

  it('reads no faster than the listener takes output', async () => {
    let pending = 0;
    let most = 0;
    const { result } = await run(['head', '-c', '3000000', '/dev/zero'], {
      onOutput: async () => {
        most = Math.max(most, (pending += 1));
        await new Promise((resolve) => setTimeout(resolve, 2));
        pending -= 1;
      },
    });
    expect(result.exitCode).toBe(0);
    expect(most).toBe(1);
  });

  it('ends with an abort, and starts nothing after one', async () => {
    const controller = new AbortController();
    const onOutput = () => controller.abort();
    const script = ['sh', '-c', 'echo started; sleep 60; echo late > made'] as const;
    const { result, made } = await run(script, { onOutput }, controller);
    expect(result.reason).toBe('aborted');
    expect(made).toBeNull();
    const late = await run(['touch', 'made'], {}, { signal: AbortSignal.abort() });
    expect(late.result.reason).toBe('aborted');
    expect(late.made).toBeNull();
  });

  it('installs from the registry, and knows no secret of ours', async () => {
    // With the settings of this machine, as a person here would.
    const known = execFileSync('npm', ['view', 'isarray@2.0.5', 'version'], { encoding: 'utf8' });
    expect(known.trim()).toBe('2.0.5');
    const script =
      'env; cat ~/.npmrc; npm install --no-audit --cache /tmp/npm isarray@2.0.5 && cp node_modules/isarray/package.json made';
    const { result, output, made } = await run(['sh', '-c', script], {}, { phase: 'prepare' });
    expect({ ...result, output }).toMatchObject({ exitCode: 0, reason: 'exited' });
    expect(made).toContain('"version": "2.0.5"');
    expect(output).not.toMatch(/hunter2-parent-environment|_auth|:\/\/[^/\s]*@/);
    expect(output).toContain('HOME=');
  });
}
