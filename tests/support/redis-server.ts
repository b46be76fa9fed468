import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

export const redisInstalled = spawnSync('redis-server', ['--version']).status === 0;

export interface RedisServer {
  url: string;
  /** `kill -9`, then a new, empty server on the same port. */
  lose(): Promise<void>;
  stop(): Promise<void>;
}

/** A redis-server of its own on a free port of the loopback, without persistence. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let server = await launch(port);
  const onExit = (): void => void server.kill('SIGKILL');
  process.once('exit', onExit);
  return {
    url: `redis://127.0.0.1:${port}`,
    lose: async () => {
      await kill(server);
      server = await launch(port);
    },
    stop: async () => {
      process.off('exit', onExit);
      await kill(server);
    },
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 200 || server.exitCode !== null) throw new Error('redis-server did not start');
    await sleep(25);
  }
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
