import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BubblewrapDriver } from './bubblewrap.driver.js';
import { type SandboxResult, type SandboxSpec } from './sandbox.js';

const driver = new BubblewrapDriver();
const probe = await driver.probe();
const required = process.env['HIL_REQUIRE_ALL'] === '1';
const skipped = !probe.available && !required;
const title = skipped
  ? `attacks on the bubblewrap driver (skipped: ${probe.reason})`
  : 'attacks on the bubblewrap driver';

(skipped ? describe.skip : describe)(title, () => {
  let workspace: string;
  let server: Server;
  let port: number;
  let output = '';

  const attack = async (
    argv: SandboxSpec['argv'],
    change: Partial<SandboxSpec> = {},
    signal?: AbortSignal,
    phase: 'run' | 'prepare' = 'run',
  ): Promise<SandboxResult> => {
    output = '';
    return driver[phase](
      {
        workspace,
        argv,
        timeoutMs: 20_000,
        memoryMb: 256,
        cpus: 1,
        pids: 64,
        maxOutputBytes: 1_000_000,
        onOutput: (_stream, chunk) => {
          output += chunk.toString();
        },
        ...change,
      },
      signal ? { signal } : {},
    );
  };
  const sh = (script: string, change?: Partial<SandboxSpec>) =>
    attack(['sh', '-c', script], change);
  /** Host processes whose command line holds the word. */
  const alive = (word: string) => {
    const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    return lines.filter((line) => line.includes(word) && !line.startsWith('ps ')).length;
  };

  beforeAll(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'hil-attack-'));
    server = createServer((_request, response) => response.end('host server'));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    port = (server.address() as AddressInfo).port;
    process.env['HIL_ATTACK_SECRET'] = 'hunter2-parent-environment';
  });

  afterAll(() => {
    delete process.env['HIL_ATTACK_SECRET'];
    server.close();
    rmSync(workspace, { recursive: true, force: true });
  });

  it('is available', () => expect(probe).toMatchObject({ available: true }));

  it('runs a command in the workspace and reports its exit code', async () => {
    const result = await sh('pwd; echo made > file.txt; exit 7');
    expect(result).toMatchObject({ exitCode: 7, reason: 'exited' });
    expect(output).toBe('/workspace\n');
    expect(readFileSync(join(workspace, 'file.txt'), 'utf8')).toBe('made\n');
  });

  it('says that a command does not exist', async () => {
    const result = await attack(['no-such-program']);
    expect(result).toMatchObject({ exitCode: null, reason: 'failed_to_start' });
    expect(result.message).toContain('no-such-program');
  });

  it('bounds a fork bomb', async () => {
    const bomb = 'import os,time\nn=0\ntry:\n  while n<5000:\n    if os.fork()==0:\n      time.sleep(30); os._exit(0)\n    n+=1\nexcept OSError: pass\nprint(n); os.kill(-1, 9)'; // prettier-ignore
    const result = await attack(['python3', '-c', bomb]);
    if (result.sandbox.enforced.includes('pids')) expect(output).toMatch(/^\d{1,2}\n/);
    else expect(result.sandbox.unenforced).toContain('pids');
  });

  it('stops a program that needs too much memory, and says so', async () => {
    const result = await attack(['python3', '-c', 'x = b"x" * (1 << 30)']);
    if (result.sandbox.enforced.includes('memory')) expect(result.reason).toBe('memory_limit');
    else expect(result.sandbox.unenforced).toContain('memory');
  });

  it('does not show the environment of the parent, nor its process', async () => {
    await sh('env; cat /proc/*/environ 2>/dev/null; cat /proc/[0-9]*/cmdline');
    expect(output).not.toContain('hunter2-parent-environment');
    expect(output).not.toContain('jest');
  });

  it('does not show sockets, homes, keys and other files of the host', async () => {
    const paths = [
      '/var/run/docker.sock',
      '/run/docker.sock',
      '/etc/shadow',
      '/etc/ssl/private',
      '/root/.ssh',
      '/root/.npmrc',
      process.cwd(),
      '/var/lib',
      '/boot',
      '/sys/kernel',
    ];
    await sh(`for path in ${paths.join(' ')}; do test -e $path && echo "seen $path"; done; true`);
    expect(output).toBe('');
  });

  it('has no descriptor of ours open', async () => {
    await sh('for fd in /proc/self/fd/*; do readlink $fd; done');
    const targets = output.trim().split('\n').slice(3);
    for (const target of targets) expect(target).toMatch(/^\/(dev\/null|proc\/)/);
  });

  it('can write nowhere but in the workspace, its home and /tmp', async () => {
    await sh(
      'for d in / /usr /usr/bin /etc /root /var /home /dev; do touch $d/attack 2>/dev/null && echo "wrote $d"; done; touch /tmp/a $HOME/a /workspace/a && echo fine',
    );
    expect(output).toBe('fine\n');
    expect(existsSync('/tmp/a')).toBe(false);
  });

  it('can not reach the host through a link in the workspace', async () => {
    const secret = join(mkdtempSync(join(tmpdir(), 'hil-secret-')), 'secret');
    writeFileSync(secret, 'host secret');
    await sh(`ln -sf ${secret} link; cat link; echo changed > link`);
    expect(output).not.toContain('host secret');
    expect(readFileSync(secret, 'utf8')).toBe('host secret');
  });

  it('can not make user namespaces, mount or become another user', async () => {
    await sh(
      'unshare -U true && echo userns; mount -t tmpfs x /tmp && echo mounted; unshare -n true && echo netns; true',
    );
    expect(output).not.toMatch(/userns\n|mounted\n|netns\n/);
  });

  it('can not reach the host or the world while tests run, but has a loopback of its own', async () => {
    const script = `
const http = require('node:http');
const tryIt = (host, port) => new Promise((done) => {
  const request = http.get({ host, port, timeout: 1500 }, (r) => { r.resume(); done('reached'); });
  request.on('error', (e) => done(e.code)); request.on('timeout', () => request.destroy(new Error('t')));
});
const own = http.createServer((q, r) => r.end('x')).listen(0, '127.0.0.1', async () => {
  console.log('host', await tryIt('127.0.0.1', ${port}));
  console.log('own', await tryIt('127.0.0.1', own.address().port));
  console.log('world', await tryIt('1.1.1.1', 80));
  process.exit(0);
});`;
    await attack(['node', '-e', script]);
    expect(output).toMatch(/^host E/m);
    expect(output).toMatch(/^own reached$/m);
    expect(output).toMatch(/^world E/m);
  });

  const network = probe.reason === undefined || required;
  (network ? it : it.skip)(
    `can not reach the host in the install phase either${network ? '' : ` (skipped: ${probe.reason})`}`,
    async () => {
      const outside = Object.values(networkInterfaces())
        .flatMap((entries) => entries ?? [])
        .filter((entry) => entry.family === 'IPv4' && !entry.internal)
        .map((entry) => entry.address);
      // 192.0.2.2 is the host in slirp's network; the server listens on all addresses.
      const hosts = ['127.0.0.1', '192.0.2.2', ...outside];
      const script = `
import socket
for host in ${JSON.stringify(hosts)}:
    try:
        socket.create_connection((host, ${port}), 2); print("reached", host)
    except OSError as error:
        print("refused", host)
open("/etc/resolv.conf").read()`;
      const result = await attack(['python3', '-c', script], {}, undefined, 'prepare');
      expect(result).toMatchObject({ exitCode: 0, reason: 'exited' });
      expect(output.match(/refused/g)).toHaveLength(hosts.length);
      expect(result.sandbox.enforced).toEqual(
        expect.arrayContaining(['host_loopback', 'private_addresses']),
      );
    },
  );

  it('bounds endless output and ends with output_limit', async () => {
    const result = await attack(['yes'], { maxOutputBytes: 200_000 });
    expect(result.reason).toBe('output_limit');
    expect(output).toHaveLength(200_000);
  });

  it('reads no faster than the listener takes output', async () => {
    let pending = 0;
    let most = 0;
    const result = await attack(['head', '-c', '3000000', '/dev/zero'], {
      maxOutputBytes: 10_000_000,
      onOutput: async () => {
        most = Math.max(most, (pending += 1));
        await new Promise((resolve) => setTimeout(resolve, 2));
        pending -= 1;
      },
    });
    expect(result.exitCode).toBe(0);
    expect(most).toBe(1);
  });

  it('ends a program that ignores TERM, and its daemons, soon after a timeout', async () => {
    const word = 'hil-attack-daemon-7791';
    const script = `trap '' TERM; (setsid bash -c "trap '' TERM; exec -a ${word} sleep 300" &) ; while true; do sleep 0.1; done`;
    const started = Date.now();
    const result = await attack(['bash', '-c', script], { timeoutMs: 1000 });
    expect(result.reason).toBe('timeout');
    // A second of time and one of grace; the rest is for a busy machine.
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(alive(word)).toBe(0);
  });

  it('leaves no daemon when the command itself ends', async () => {
    const word = 'hil-attack-daemon-7792';
    const result = await attack(['bash', '-c', `setsid bash -c "exec -a ${word} sleep 300" & exit 0`]); // prettier-ignore
    expect(result).toMatchObject({ exitCode: 0, reason: 'exited' });
    expect(alive(word)).toBe(0);
  });

  it('ends within a second of an abort', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 300);
    const started = Date.now();
    const result = await attack(['sleep', '60'], {}, controller.signal);
    expect(result.reason).toBe('aborted');
    expect(Date.now() - started).toBeLessThan(1300);
  });

  it('does not start anything for a signal that is aborted already', async () => {
    const result = await attack(['touch', 'late'], {}, AbortSignal.abort());
    expect(result.reason).toBe('aborted');
    expect(existsSync(join(workspace, 'late'))).toBe(false);
  });

  it('refuses a working directory outside the workspace', async () => {
    expect(await attack(['true'], { cwd: '../..' })).toMatchObject({ reason: 'failed_to_start' });
  });

  it('leaves no control group behind', async () => {
    await sh('true');
    expect(await driver.reap()).toBe(0);
    const left = execFileSync('find', ['/sys/fs/cgroup', '-maxdepth', '6', '-name', `hil-sandbox-${process.pid}-*`], { encoding: 'utf8' }); // prettier-ignore
    expect(left).toBe('');
  });
});
