import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessDriver } from './process.driver.js';
import { type SandboxSpec } from './sandbox.js';

const driver = new ProcessDriver();
const limits = { timeoutMs: 10_000, memoryMb: 256, cpus: 1, pids: 64, maxOutputBytes: 100_000 };

jest.setTimeout(120_000);

describe('the process driver', () => {
  let workspace: string;
  let output = '';
  const run = (argv: SandboxSpec['argv'], change: Partial<SandboxSpec> = {}) =>
    driver.run({
      workspace,
      argv,
      ...limits,
      onOutput: (_stream, chunk) => {
        output += chunk.toString();
      },
      ...change,
    });
  const alive = (word: string) =>
    execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(word) && !line.startsWith('ps ')).length;
  beforeEach(() => {
    output = '';
    workspace = mkdtempSync(join(tmpdir(), 'hil-process-spec-'));
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  it('labels every result as unsandboxed', async () => {
    const { sandbox } = await run(['true']);
    expect(sandbox.driver).toBe('process');
    expect(sandbox.unenforced).toEqual(expect.arrayContaining(['filesystem', 'network', 'memory']));
  });

  it('passes nothing of our environment on', async () => {
    process.env['HIL_PROCESS_SECRET'] = 'hunter2';
    await run(['env']);
    delete process.env['HIL_PROCESS_SECRET'];
    expect(output).not.toContain('hunter2');
    expect(output).not.toContain(process.env['HOME'] === '/root' ? 'HOME=/root\n' : '\0');
  });

  it('ends a TERM-ignoring program and a daemon of another session on timeout', async () => {
    const word = 'hil-process-daemon-5511';
    const script = `trap '' TERM; (setsid bash -c "trap '' TERM; exec -a ${word} sleep 300" &); while true; do sleep 0.1; done`;
    const started = Date.now();
    expect((await run(['bash', '-c', script], { timeoutMs: 800 })).reason).toBe('timeout');
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(alive(word)).toBe(0);
  });

  describe('with a daemon that neither its group nor its environment gives away', () => {
    /** Ends when the daemon is out, which holds the output open. */
    const escape = (daemon: string): SandboxSpec['argv'] => [
      'bash',
      '-c',
      `env -i setsid bash -c 'echo $$ > pid; ${daemon}' & until [ -s pid ]; do sleep 0.05; done; seq -w 10000; exit 7`,
    ];
    const silent = escape('exec sleep 30');
    afterEach(() => {
      process.kill(Number(readFileSync(join(workspace, 'pid'), 'utf8')));
    });

    it('does not wait for the daemon', async () => {
      const started = Date.now();
      expect(await run(silent)).toMatchObject({ reason: 'exited', exitCode: 7 });
      expect(Date.now() - started).toBeLessThan(10_000);
      expect(output.split('\n')).toHaveLength(10_001);
    });

    it('does not wait for one that goes on printing either', async () => {
      const started = Date.now();
      const chatty = 'for ((n = 0; n < 300; n += 1)); do echo $n; sleep 0.1; done';
      expect(await run(escape(chatty))).toMatchObject({ reason: 'exited', exitCode: 7 });
      expect(Date.now() - started).toBeLessThan(20_000);
    });

    it('is cancelled also while the daemon holds the output', async () => {
      const abort = new AbortController();
      const running = driver.run(
        { workspace, argv: silent, ...limits, onOutput: () => abort.abort() },
        { signal: abort.signal },
      );
      expect((await running).reason).toBe('aborted');
    });

    it('loses nothing that was printed before the end, however slow the listener is', async () => {
      await run(silent, {
        onOutput: async (_stream, chunk) => {
          await sleep(1_300);
          output += chunk.toString();
        },
      });
      expect(output.split('\n')).toHaveLength(10_001);
    });
  });

  it('refuses a mount it can not make', async () => {
    const result = await run(['true'], {
      readOnlyMounts: [{ source: '/usr', target: '/elsewhere' }],
    });
    expect(result.reason).toBe('failed_to_start');
  });
});
