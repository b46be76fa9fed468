#!/usr/bin/env node
/**
 * The README's first commands, as a newcomer would give them: `npm start` on a free port with an
 * empty DATA_DIR, one whole demo session with every question answered by yes, then SIGTERM. Fails
 * when the session does not reach its patch, or when anything started here is still running.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'hil-smoke-'));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;

const env = { ...process.env, DATA_DIR: join(work, 'data'), PORT: String(port), NO_COLOR: '1' };

const server = spawn('npm', ['start'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
const ended = once(server, 'exit');
let ready = false;
server.stdout.on('data', (chunk) => process.stdout.write(chunk));
try {
  await within(120, 'the server is ready', async () => {
    if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`);
    return fetch(`${url}/health`).then(
      (response) => response.ok,
      () => false,
    );
  });
  ready = true;
  const demo = spawn(process.execPath, ['apps/cli/dist/main.js', 'demo', '--yes', '--url', url], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 180_000,
  });
  let said = '';
  demo.stdout.on('data', (chunk) => {
    said += chunk;
    process.stdout.write(chunk);
  });
  const [code] = await once(demo, 'close');
  if (code !== 0) throw new Error(`the demo ended with ${code}`);
  if (!said.includes('patch_ready')) throw new Error('the demo did not reach patch_ready');
} finally {
  server.kill('SIGTERM');
  await Promise.race([ended, sleep(20_000, undefined, { ref: false })]);
  const left = await gone();
  for (const { pid } of left) kill(pid);
  rmSync(work, { recursive: true, force: true });
  if (left.length > 0) {
    console.error(
      `left running: ${left.map(({ pid, command }) => `${pid} ${command}`).join('\n')}`,
    );
    process.exitCode = 1;
  } else if (ready) {
    console.log('smoke test: the session reached its patch, and nothing was left running');
  }
}

/** What still runs with our folder in its command or environment, after 5 s of patience. */
async function gone() {
  let left = [];
  for (let i = 0; i < 50; i += 1) {
    left = ours();
    if (left.length === 0) break;
    await sleep(100);
  }
  return left;
}

function ours() {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (command.includes(work) || environment.includes(work)) {
        found.push({ pid: Number(pid), command });
      }
    } catch {
      // It ended while we looked, or is not ours to read.
    }
  }
  return found;
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

async function within(seconds, what, check) {
  const deadline = Date.now() + seconds * 1000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await sleep(200);
  }
}

async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address();
  probe.close();
  await once(probe, 'close');
  return free;
}
