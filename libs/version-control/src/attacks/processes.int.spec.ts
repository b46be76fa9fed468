import { afterAll, beforeAll } from '@jest/globals';
import { plainGitEnvironment } from '@hil/testing';
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { GitEnvironment } from '../git-environment.js';
import { GitProcess } from '../git-process.js';
import { pairs, Trap } from '../testing/attack.js';
import { COMMIT, Stand } from '../testing/stand.js';

// What surrounds the git process: the server's own environment, servers that never end, helpers that outlive it.

const exec = promisify(execFile);
/** Long enough on any machine; nothing here is expected to take it. */
const PATIENCE_MS = 60_000;
let stand: Stand;
let trap: Trap;
let dripping: Server;
const ambient = { ...process.env };
const children: ChildProcess[] = [];
const stubborn: number[] = [];

beforeAll(async () => {
  stand = await Stand.open();
  trap = new Trap(stand.folder.path);
  // A byte now and then keeps a client that only fears silence waiting for ever.
  dripping = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
    const timer = setInterval(() => response.write('0'), 100);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const pid of [...helpers(), ...stubborn.filter(lives)]) process.kill(pid, 'SIGKILL');
  dripping.closeAllConnections();
  await new Promise((resolve) => dripping.close(resolve));
  await stand.close();
});

/** Process ids of git's helpers that speak to our server. */
function helpers(): number[] {
  const table = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter((line) => line.includes('remote-http') && line.includes(stand.server.host))
    .map((line) => Number.parseInt(line, 10));
}

async function until(holds: () => boolean): Promise<boolean> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(50)) {
    if (holds()) return true;
  }
  return false;
}

/** An environment and a home that make any git run a program. */
function poison(): Record<string, string> {
  const home = stand.at('home');
  mkdirSync(home, { recursive: true });
  const { program } = trap;
  writeFileSync(
    `${home}/.gitconfig`,
    `[core]\n\tfsmonitor = ${program}\n[credential]\n\thelper = !${program}\n[diff]\n\texternal = ${program}\n`,
  );
  return {
    HOME: home,
    GIT_CONFIG_PARAMETERS: `'core.fsmonitor'='${program}'`,
    GIT_EXTERNAL_DIFF: program,
    GIT_ASKPASS: program,
    GIT_SSH_COMMAND: program,
    GIT_ALLOW_PROTOCOL: 'ext:file:http',
  };
}

pairs([
  {
    name: 'configuration and environment of the server',
    plain: () =>
      trap.springs(() =>
        exec('git', ['status'], {
          cwd: stand.repository.checkout,
          env: { PATH: process.env['PATH'], ...poison() },
        }),
      ),
    ours: async () => {
      let finished = false;
      const sprung = await trap.springs(async () => {
        Object.assign(process.env, poison(), { GIT_DIR: '/nonexistent' });
        try {
          const store = stand.storeAt('poisoned');
          const { baseSha } = await store.sync(stand.address);
          await store.sync(stand.addressOf(stand.repository.checkout));
          const tree = await store.openWorktree({
            address: stand.address,
            runId: 'run',
            sha: baseSha,
          });
          writeFileSync(`${tree.path}/a.txt`, 'two\n');
          const head = (await tree.commitAll(COMMIT)) ?? '';
          await tree.diff(baseSha, head);
          await tree.changedFiles(baseSha, head);
          finished = true;
        } finally {
          for (const name of Object.keys(process.env))
            if (!(name in ambient)) delete process.env[name];
          Object.assign(process.env, ambient);
        }
      });
      if (!finished) throw new Error('the run did not come to its end');
      return sprung;
    },
  },
  {
    name: 'a server that answers a byte now and then, for ever',
    plain: async () => {
      // It is still waiting when a git with the limit (shortened here) has long given up.
      const child = spawn('git', ['ls-remote', drippingUrl()], { env: plainGitEnvironment() });
      children.push(child);
      await limited();
      const waiting = child.exitCode === null && child.signalCode === null;
      child.kill('SIGKILL');
      return waiting;
    },
    ours: async () => {
      const { GIT_CONFIG_COUNT, ...env } = new GitEnvironment(stand.at('environment')).build();
      const settings = Array.from({ length: Number(GIT_CONFIG_COUNT) }, (_, index) =>
        [env[`GIT_CONFIG_KEY_${index}`], env[`GIT_CONFIG_VALUE_${index}`]].join('='),
      );
      const set = ['http.lowSpeedLimit=1000', 'http.lowSpeedTime=30'];
      return !set.every((one) => settings.includes(one)) || !(await limited());
    },
  },
  {
    name: 'helpers that outlive a git that was stopped',
    plain: async () => {
      stand.server.faults.hang = 'fetch';
      const before = stand.server.counts.fetches;
      const child = spawn('git', ['clone', '-q', stand.server.url('demo'), stand.at('never')], {
        env: plainGitEnvironment(),
      });
      children.push(child);
      if (!(await until(() => stand.server.counts.fetches > before)))
        throw new Error('no fetch came');
      child.kill('SIGKILL');
      await until(() => child.signalCode !== null);
      const left = helpers();
      for (const pid of left) process.kill(pid, 'SIGKILL');
      stand.server.faults.hang = undefined;
      return left.length > 0;
    },
    ours: async () => {
      stand.server.faults.hang = 'fetch';
      const before = stand.server.counts.fetches;
      const abort = new AbortController();
      const running = stand.storeAt('aborted').sync(stand.address, { signal: abort.signal });
      const ended = running.catch(() => undefined);
      if (!(await until(() => stand.server.counts.fetches > before)))
        throw new Error('no fetch came');
      abort.abort();
      await ended;
      stand.server.faults.hang = undefined;
      return helpers().length > 0;
    },
  },
  {
    name: 'a helper that does not end when it is told to',
    plain: async () => {
      const child = spawn(stubbornGit('plain'), { stdio: 'ignore' });
      children.push(child);
      const helper = await helperOf('plain');
      child.kill('SIGTERM');
      await until(() => child.signalCode !== null || child.exitCode !== null);
      return lives(helper);
    },
    ours: async () => {
      const { PATH } = process.env;
      process.env['PATH'] = `${dirname(stubbornGit('ours'))}:${PATH}`;
      const git = new GitProcess({ stateDir: stand.folder.path });
      process.env['PATH'] = PATH;
      const abort = new AbortController();
      const ended = git.run(['fetch'], { signal: abort.signal }).catch(() => undefined);
      const helper = await helperOf('ours');
      abort.abort();
      await ended;
      return !(await until(() => !lives(helper)));
    },
  },
]);

function drippingUrl(): string {
  return `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/demo.git`;
}

/** Our git at the dripping server, with two seconds in place of thirty; answers whether it ended by itself. */
async function limited(): Promise<boolean> {
  const git = new GitProcess({ stateDir: stand.folder.path });
  const { code, stderr } = await git.run(['ls-remote', '--', drippingUrl()], {
    protocols: 'http',
    settings: [['http.lowSpeedTime', '2']],
    timeoutMs: PATIENCE_MS,
  });
  return code !== 0 && /too slow/i.test(stderr);
}

/** A program called git, with a helper that takes no SIGTERM; it writes down which process that is. */
function stubbornGit(name: string): string {
  mkdirSync(stand.at(name), { recursive: true });
  const helper = `trap "" TERM; echo $$ > ${stand.at(name, 'pid')}; while :; do sleep 1; done`;
  writeFileSync(stand.at(name, 'git'), `#!/bin/sh\nsh -c '${helper}' &\nwait\n`);
  chmodSync(stand.at(name, 'git'), 0o755);
  return stand.at(name, 'git');
}

async function helperOf(name: string): Promise<number> {
  const read = (): number =>
    existsSync(stand.at(name, 'pid')) ? Number(readFileSync(stand.at(name, 'pid'), 'utf8')) : 0;
  if (!(await until(() => read() > 0))) throw new Error('the helper did not begin');
  stubborn.push(read());
  return read();
}

function lives(pid: number): boolean {
  try {
    // A zombie still has its number; what it was running is gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
