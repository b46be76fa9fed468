import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const BOOT_LIMIT_MS = 90_000;
const READY = {
  gateway: /"address":"([^"]+)"/,
  standalone: /address\s+ws:\/\/(\S+?)\/ws\/chat[\s\S]*Ctrl-C stops everything/,
};

/** Limits that stand in the way of a benchmark, and a free port. */
const OPEN = {
  HOST: '127.0.0.1',
  AUTH_MODE: 'none',
  PORT: '0',
  HEALTH_PORT: '0',
  LOG_LEVEL: 'info',
  WEBSOCKET_MESSAGES_PER_MINUTE: '100000000',
  WEBSOCKET_MAX_CONNECTIONS_PER_USER: '100000',
  MAX_ACTIVE_RUNS_PER_USER: '100000',
};

/**
 * Starts a built app as a process in the folder of `services` and waits until it is ready; `readyMs` is
 * the time from the start of the process. It ends with the services.
 */
export async function startApp(services, name, env = {}) {
  const main = join(root, 'apps', name, 'dist/main.js');
  if (!existsSync(main)) throw new Error(`${main} is missing: run "npm run build" first`);
  const dataDir = join(services.folder, `${name}-data`);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const begun = performance.now();
  const child = spawn(process.execPath, [main], {
    cwd: dataDir,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: dataDir,
      ...OPEN,
      ...(name === 'standalone'
        ? {}
        : { DATABASE_URL: services.databaseUrl, REDIS_URL: services.redisUrl }),
      ...env,
    },
    // A group of its own, so that Ctrl-C reaches it only through us.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
  }
  const running = () => child.exitCode === null && child.signalCode === null;
  const stop = async () => {
    process.off('exit', onExit);
    if (!running()) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 25_000);
    await gone;
    clearTimeout(late);
  };
  services.onStop(stop);
  const ready = READY[name] ?? new RegExp(`${name} is ready`);
  while (running() && performance.now() - begun < BOOT_LIMIT_MS) {
    const found = ready.exec(output);
    if (found !== null) {
      const http = found[1]?.replace(/^(?!http)/, 'http://');
      const readyMs = performance.now() - begun;
      return { name, pid: child.pid, http, ws: wsOf(http), readyMs, stop, output: () => output };
    }
    await sleep(5);
  }
  throw new Error(`${name} did not become ready:\n${output.slice(-4_000)}`);
}

function wsOf(http) {
  return http === undefined ? undefined : `${http.replace(/^http/, 'ws')}/ws/chat`;
}

/** Memory of a process in MB: resident, and its share of what several processes map together. */
export function memoryMb(pid) {
  const of = (file, name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))?.[1]) / 1024;
  return {
    resident: of(`/proc/${pid}/status`, 'VmRSS'),
    proportional: of(`/proc/${pid}/smaps_rollup`, 'Pss'),
  };
}
