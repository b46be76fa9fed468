import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';
import type { BackendUnderTest } from './backend-under-test.js';

/** True when a redis-server can be started here. */
export const redisInstalled = spawnSync('redis-server', ['--version']).status === 0;

/** A redis-server of its own on a free port of the loopback, without persistence. */
export async function startRedisServer(): Promise<BackendUnderTest> {
  const port = await freePort();
  const redisUrl = `redis://127.0.0.1:${port}`;
  let server = await launch(port);
  return {
    address: { redisUrl, databaseUrl: '' },
    restart: async () => {
      await kill(server);
      server = await launch(port);
    },
    close: () => kill(server),
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const probe = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 50,
    maxRetriesPerRequest: null,
  });
  probe.on('error', () => undefined);
  await probe.ping();
  probe.disconnect();
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
