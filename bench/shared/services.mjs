import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { applyMigrations, startEmbeddedPostgres } from '@hil/persistence';

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * A folder, a PostgreSQL of the product's own kind with its tables, and, when asked for, a Redis; all end
 * with `stop`, also what `onStop` was given.
 */
export async function startServices({ redis = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'hil-bench-'));
  const stops = [() => rm(folder, { recursive: true, force: true })];
  const onStop = (stop) => stops.unshift(stop);
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      log: silent,
    });
    onStop(() => postgres.stop());
    await applyMigrations(postgres.databaseUrl);
    const server = redis ? await startRedis() : undefined;
    if (server !== undefined) onStop(server.stop);
    const stop = async () => {
      for (const each of stops.splice(0)) await each();
    };
    return { folder, databaseUrl: postgres.databaseUrl, redisUrl: server?.url, onStop, stop };
  } catch (error) {
    for (const each of stops) await each();
    throw error;
  }
}

/** A redis-server on a free port of the loopback, without persistence: it has to hold nothing. */
async function startRedis() {
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  const failed = once(server, 'error').then(([error]) => {
    throw new Error(`redis-server is missing (Debian package redis-server): ${error.message}`);
  });
  failed.catch(() => undefined);
  const onExit = () => server.kill('SIGKILL');
  process.once('exit', onExit);
  for (let tries = 0; !(await Promise.race([answers(port), failed])); tries += 1) {
    if (tries > 200) throw new Error('redis-server did not start');
    await sleep(25);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      process.off('exit', onExit);
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    },
  };
}

async function freePort() {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
