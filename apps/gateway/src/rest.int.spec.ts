import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { MAX_FRAME_BYTES } from '@hil/contracts';
import { startBackend } from './testing/backend.js';
import { type GatewayUnderTest, startTestGateway } from './testing/gateway-under-test.js';
import { call, withRest } from './testing/rest-stand.js';

describe('REST', () => {
  const stand = withRest();

  /** fetch would put its own Host. */
  function statusWithHost(gateway: GatewayUnderTest, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      httpRequest({ port: gateway.port, host: '127.0.0.1', path: '/health', headers: { host } })
        .on('response', (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
  }

  it('tells how it is', async () => {
    for (;;) {
      const { status, body } = await call(stand.guarded, '/health');
      expect(status).toBe(200);
      const { workers } = body.data['checks'] as { workers: Record<string, string> };
      if (workers['planner'] !== 'ok') {
        await delay(100);
        continue;
      }
      expect(body).toEqual({
        status: 'success',
        data: {
          status: 'ok',
          version: '0.1.0-test',
          checks: {
            database: 'ok',
            queue: 'ok',
            workers: { planner: 'ok', editor: 'down', 'test-runner': 'down', 'pr-worker': 'down' },
          },
        },
        message: 'runs wait: no worker for editor, test-runner, pr-worker',
      });
      return;
    }
  });

  it('tells about the socket without an envelope', async () => {
    const { body } = await call(stand.open, '/ws/status');
    expect(body).toEqual({
      websocket_enabled: true,
      active_sessions: 0,
      timestamp: expect.any(String),
    });
  });

  it('answers what is not there, and what it can not read, in the envelope', async () => {
    expect(await call(stand.open, '/nowhere')).toMatchObject({
      status: 404,
      body: { status: 'error' },
    });
    expect(await call(stand.open, '/api/sessions', { body: '{bad' })).toMatchObject({
      status: 400,
      body: { status: 'error', code: 'validation_error' },
    });
    expect(await call(stand.open, '/api/sessions', { body: {} })).toMatchObject({
      status: 400,
      body: { code: 'validation_error', message: expect.stringContaining('message') },
    });
    const large = { message: 'x'.repeat(MAX_FRAME_BYTES) };
    expect(await call(stand.open, '/api/sessions', { body: large })).toMatchObject({
      status: 413,
      body: { code: 'message_too_large' },
    });
    for (const id of [randomUUID(), 'nonsense']) {
      const codes = await Promise.all(
        [
          `sessions/${id}`,
          `sessions/${id}/events`,
          `runs/${id}`,
          `runs/${id}/patch`,
          `approvals/${id}`,
        ].map(async (path) => {
          const { status, body } = await call(stand.open, `/api/${path}`);
          return [status, body.code];
        }),
      );
      expect(codes).toEqual([
        [404, 'session_unknown'],
        [404, 'session_unknown'],
        [404, 'run_unknown'],
        [404, 'run_unknown'],
        [404, 'approval_unknown'],
      ]);
    }
  });

  it('refuses foreign pages and rebound names, and lets listed pages read', async () => {
    const refused = { status: 403, body: { status: 'error', code: 'origin_refused' } };
    expect(
      await call(stand.open, '/health', { headers: { origin: 'https://evil.example' } }),
    ).toMatchObject(refused);
    expect(
      await call(stand.open, '/api/sessions', {
        body: { message: 'x' },
        headers: { origin: 'null' },
      }),
    ).toMatchObject(refused);
    expect(
      await call(stand.open, '/health', { headers: { 'sec-fetch-site': 'cross-site' } }),
    ).toMatchObject(refused);
    expect(await statusWithHost(stand.open, `evil.example:${stand.open.port}`)).toBe(403);
    expect(await statusWithHost(stand.open, `localhost:${stand.open.port}`)).toBe(200);
    const own = await call(stand.open, '/health', { headers: { origin: stand.open.url } });
    expect(own.status).toBe(200);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
    const listed = await call(stand.guarded, '/health', {
      headers: { origin: 'https://app.example' },
    });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const preflight = await fetch(`${stand.guarded.url}/api/sessions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('wants a key for everything about work', async () => {
    for (const path of ['/api/sessions', '/api/jobs', '/metrics', '/nowhere', '/admin/queues']) {
      for (const options of [{}, { key: 'wrong' }]) {
        expect(await call(stand.guarded, path, options)).toMatchObject({
          status: 401,
          body: { status: 'error', code: 'unauthenticated' },
        });
      }
    }
    expect(
      (await call(stand.guarded, '/api/sessions', { headers: { 'x-api-key': 'see' } })).status,
    ).toBe(200);
  });

  it('opens Bull Board for administrators only, also by the password box of a browser', async () => {
    const get = (headers: Record<string, string>, path = '/admin/queues') =>
      fetch(stand.guarded.url + path, { headers });
    const basic = (key: string) => ({
      authorization: `Basic ${Buffer.from(`x:${key}`).toString('base64')}`,
    });
    const asked = await get({});
    expect(asked.status).toBe(401);
    expect(asked.headers.get('www-authenticate')).toBe('Basic realm="hil"');
    expect((await get(basic('yes'))).status).toBe(403);
    expect((await get(basic('yes'), '/ADMIN/Queues/api/queues')).status).toBe(403);
    expect((await get(basic('wrong'))).status).toBe(401);
    const page = await get(basic('all'));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('/admin/queues/');
    const queues = (await (await get(basic('all'), '/admin/queues/api/queues')).json()) as {
      queues: { name: string; readOnlyMode: boolean }[];
    };
    expect(queues.queues).toHaveLength(4);
    expect(queues.queues.every(({ readOnlyMode }) => readOnlyMode)).toBe(true);
    expect((await fetch(`${stand.open.url}/admin/queues`)).status).toBe(200);
  });

  it('counts for Prometheus', async () => {
    const text = await (await fetch(`${stand.open.url}/metrics`)).text();
    expect(text).toContain('hil_sockets 0');
    const client = await stand.open.connect();
    await client.next('connection_status');
    expect(await (await fetch(`${stand.open.url}/metrics`)).text()).toContain('hil_sockets 1');
    expect(Object.keys((await call(stand.open, '/api/jobs')).body.data)).toHaveLength(4);
  });

  it('shows a page that runs nothing', async () => {
    const page = await fetch(stand.open.url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(await page.text()).toContain(`ws://127.0.0.1:${stand.open.port}/ws/chat`);
  });

  it('is down without its database', async () => {
    const other = await startBackend();
    const gateway = await startTestGateway(other);
    try {
      await other.database.close();
      const { status, body } = await call(gateway, '/health');
      expect(status).toBe(503);
      expect(body).toMatchObject({
        status: 'error',
        code: 'service_unavailable',
        data: { checks: { database: 'down' } },
      });
    } finally {
      await gateway.close();
      await other.close();
    }
  });
});
