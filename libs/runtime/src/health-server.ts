import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkerApp } from '@hil/contracts';
import type { Runtime } from './create-runtime.js';
import { VERSION } from './version.js';

/**
 * The health port of a worker: GET /health (200, or 503 when database or queue do not answer) and GET /metrics.
 * @returns the port, and the way to close it
 */
export async function serveHealth(
  runtime: Runtime,
  app: WorkerApp,
): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === '/metrics') {
      runtime.metrics.text().then(
        (text) => response.setHeader('content-type', runtime.metrics.contentType).end(text),
        () => response.writeHead(500).end(),
      );
      return;
    }
    if (path !== '/health') {
      response.writeHead(404).end();
      return;
    }
    void check(runtime).then((checks) => {
      const ok = Object.values(checks).every((state) => state === 'ok');
      const body = {
        status: ok ? 'success' : 'error',
        data: { status: ok ? 'ok' : 'down', app, version: VERSION, checks },
      };
      response
        .writeHead(ok ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    });
  });
  const { health, http } = runtime.config;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(health.port, http.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function check({
  storage,
  queue,
}: Runtime): Promise<Record<'database' | 'queue', 'ok' | 'down'>> {
  const state = (ping: Promise<void>): Promise<'ok' | 'down'> =>
    ping.then(
      () => 'ok' as const,
      () => 'down' as const,
    );
  const [database, queued] = await Promise.all([state(storage.ping()), state(queue.ping())]);
  return { database, queue: queued };
}
