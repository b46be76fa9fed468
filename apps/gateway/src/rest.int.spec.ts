import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_FRAME_BYTES } from '@hil/contracts';
import { type Backend, startBackend } from './testing/backend.js';
import { type GatewayUnderTest, startTestGateway } from './testing/gateway-under-test.js';

interface Envelope {
  status: string;
  code?: string;
  message?: string;
  data: Record<string, unknown>;
}

describe('REST', () => {
  let backend: Backend;
  let open: GatewayUnderTest;
  let guarded: GatewayUnderTest;

  beforeAll(async () => {
    backend = await startBackend();
    open = await startTestGateway(backend);
    guarded = await startTestGateway(backend, {
      AUTH_MODE: 'api-key',
      API_KEYS: 'eve:viewer:see,dan:developer:dev,amy:approver:yes,adm:admin:all',
      WEBSOCKET_CORS_ORIGINS: 'https://app.example',
    });
    await backend.startPlanner();
  });
  afterAll(async () => {
    await open?.close();
    await guarded?.close();
    await backend?.close();
  });

  async function call(
    gateway: GatewayUnderTest,
    path: string,
    options: { key?: string; body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: Envelope; headers: Headers }> {
    const { key, body, headers } = options;
    const response = await fetch(gateway.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Envelope,
      headers: response.headers,
    };
  }

  /** fetch would put its own Host. */
  function statusWithHost(gateway: GatewayUnderTest, host: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      httpRequest({ port: gateway.port, host: '127.0.0.1', path: '/health', headers: { host } })
        .on('response', (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
  }

  /** Starts a run of dan's and waits until its plan is to be decided. */
  async function plannedRun() {
    const started = await call(guarded, '/api/sessions', {
      key: 'dev',
      body: { message: 'rename a to b in a.ts', repo_url: 'https://x.example/y.git' },
    });
    expect(started).toMatchObject({ status: 201, body: { status: 'success' } });
    const { session_id, run_id } = started.body.data as { session_id: string; run_id: string };
    for (;;) {
      const { body } = await call(guarded, `/api/runs/${run_id}`, { key: 'dev' });
      const approval = body.data['approval'] as
        { approval_id: string; plan_id: string } | undefined;
      if (approval !== undefined) return { session_id, run_id, ...approval };
      await delay(50);
    }
  }

  it('tells how it is', async () => {
    for (;;) {
      const { status, body } = await call(guarded, '/health');
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
    const { body } = await call(open, '/ws/status');
    expect(body).toEqual({
      websocket_enabled: true,
      active_sessions: 0,
      timestamp: expect.any(String),
    });
  });

  it('takes a graph as a job, and refuses options it does not know', async () => {
    const body = { repo_url: 'https://x.example/y.git' };
    const started = await call(open, '/clone-and-generate?format=legacy', {
      body,
      headers: { prefer: 'respond-async' },
    });
    expect(started).toMatchObject({ status: 202, body: { status: 'success' } });
    const id = String(started.body.data['job_id']);
    expect(started.headers.get('location')).toContain(`/api/jobs/${id}?`);
    expect(started.headers.get('preference-applied')).toBe('respond-async');
    const late = await call(open, '/clone-and-generate', { body, headers: { prefer: 'wait=0' } });
    expect(late.status).toBe(202);
    expect(late.headers.get('preference-applied')).toBeNull();
    const job = await call(open, `/api/jobs/${id}`);
    expect(job).toMatchObject({ status: 200, body: { data: { job_id: id, run_id: id } } });
    expect(job.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await call(open, `/api/jobs/${randomUUID()}`)).toMatchObject({
      status: 404,
      body: { code: 'run_unknown' },
    });
    expect(await call(open, '/clone-and-generate?format=xml', { body })).toMatchObject({
      status: 400,
      body: { code: 'validation_error', message: expect.stringContaining('format') },
    });
  });

  it('answers the graph of a job that is done, and of a request that waits for it', async () => {
    const body = { repo_url: 'https://x.example/y.git' };
    const graph = await call(open, '/clone-and-generate', { body });
    expect(graph).toMatchObject({
      status: 200,
      body: { status: 'success', data: { project: { name: 'x' }, modules: [{}, {}] } },
    });
    const { body: started } = await call(open, '/clone-and-generate?format=legacy', {
      body,
      headers: { prefer: 'respond-async' },
    });
    const address = `/api/jobs/${String(started.data['job_id'])}?format=legacy`;
    let job = await call(open, address);
    for (const until = Date.now() + 20_000; Date.now() < until; job = await call(open, address)) {
      if (job.body.data['status'] === 'completed') break;
      await delay(100);
    }
    expect(job.body.data).toMatchObject({
      status: 'completed',
      result: { files: [{ path: 'a.ts', depends_on: ['b.ts'] }, { path: 'b.ts' }] },
    });
  });

  it('answers what is not there, and what it can not read, in the envelope', async () => {
    expect(await call(open, '/nowhere')).toMatchObject({ status: 404, body: { status: 'error' } });
    expect(await call(open, '/api/sessions', { body: '{bad' })).toMatchObject({
      status: 400,
      body: { status: 'error', code: 'validation_error' },
    });
    expect(await call(open, '/api/sessions', { body: {} })).toMatchObject({
      status: 400,
      body: { code: 'validation_error', message: expect.stringContaining('message') },
    });
    const large = { message: 'x'.repeat(MAX_FRAME_BYTES) };
    expect(await call(open, '/api/sessions', { body: large })).toMatchObject({
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
          const { status, body } = await call(open, `/api/${path}`);
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
      await call(open, '/health', { headers: { origin: 'https://evil.example' } }),
    ).toMatchObject(refused);
    expect(
      await call(open, '/api/sessions', { body: { message: 'x' }, headers: { origin: 'null' } }),
    ).toMatchObject(refused);
    expect(
      await call(open, '/health', { headers: { 'sec-fetch-site': 'cross-site' } }),
    ).toMatchObject(refused);
    expect(await statusWithHost(open, `evil.example:${open.port}`)).toBe(403);
    expect(await statusWithHost(open, `localhost:${open.port}`)).toBe(200);
    const own = await call(open, '/health', { headers: { origin: open.url } });
    expect(own.status).toBe(200);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
    const listed = await call(guarded, '/health', { headers: { origin: 'https://app.example' } });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    const preflight = await fetch(`${guarded.url}/api/sessions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it('wants a key for everything about work', async () => {
    for (const path of ['/api/sessions', '/api/jobs', '/metrics', '/nowhere', '/admin/queues']) {
      for (const options of [{}, { key: 'wrong' }]) {
        expect(await call(guarded, path, options)).toMatchObject({
          status: 401,
          body: { status: 'error', code: 'unauthenticated' },
        });
      }
    }
    expect((await call(guarded, '/api/sessions', { headers: { 'x-api-key': 'see' } })).status).toBe(
      200,
    );
  });

  it('shows a run, its session, its log and its approval', async () => {
    const { session_id, run_id, approval_id, plan_id } = await plannedRun();
    const run = await call(guarded, `/api/runs/${run_id}`, { key: 'dev' });
    expect(run.body.data).toMatchObject({
      state: 'awaiting_approval',
      plan: { plan_id, revision: 1 },
      approval: { approval_id, kind: 'plan', plan_id },
    });
    const session = await call(guarded, `/api/sessions/${session_id}`, { key: 'dev' });
    expect(session.body.data).toMatchObject({ session_id, user: 'dan', runs: [{ run_id }] });
    const last = session.body.data['last_seq'] as number;
    const log = await call(guarded, `/api/sessions/${session_id}/events?after=2&limit=2`, {
      key: 'dev',
    });
    expect(log.body.data).toMatchObject({
      session_id,
      last_seq: last,
      events: [{ seq: 3 }, { seq: 4 }],
    });
    const beyond = await call(guarded, `/api/sessions/${session_id}/events?after=${last + 1}`, {
      key: 'dev',
    });
    expect(beyond).toMatchObject({ status: 410, body: { code: 'resync_required' } });
    expect(
      await call(guarded, `/api/sessions/${session_id}/events?after=-1`, { key: 'dev' }),
    ).toMatchObject({
      status: 400,
    });
    const waiting = await call(guarded, '/api/approvals', { key: 'see' });
    expect(JSON.stringify(waiting.body.data)).toContain(approval_id);
    const listed = await call(open, '/api/sessions?limit=1');
    expect(listed.body.data).toHaveLength(1);
  });

  it('hands out the patch as a file, and says so while nothing was changed', async () => {
    const { run_id } = await plannedRun();
    const headers = { authorization: 'Bearer dev' };
    const patch = await fetch(`${guarded.url}/api/runs/${run_id}/patch`, { headers });
    expect(patch.headers.get('content-disposition')).toBe(
      `attachment; filename="hil-${run_id.slice(0, 8)}.patch"`,
    );
    expect(patch.headers.get('content-type')).toContain('text/x-diff');
    expect(await patch.text()).toBe('--- a\n+++ b\n');
    expect(await call(guarded, `/api/runs/${run_id}/bundle`, { key: 'dev' })).toMatchObject({
      status: 404,
      body: { status: 'error', message: 'this run has changed nothing so far' },
    });
  });

  it('takes one decision of an approval, from a role that may decide', async () => {
    const { approval_id, run_id, plan_id, session_id } = await plannedRun();
    const path = `/api/approvals/${approval_id}`;
    for (const key of ['see', 'dev']) {
      expect(await call(guarded, path, { key, body: { approved: true } })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
    const decide = (body: object) => call(guarded, path, { key: 'yes', body });
    expect(await decide({ approved: 'yes' })).toMatchObject({ status: 400 });
    expect(await decide({ approved: true, plan_hash: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'approval_stale' },
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => decide({ approved: true, plan_id })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe(
      'approval_already_decided',
    );
    const shown = await call(guarded, path, { key: 'see' });
    expect(shown.body.data).toMatchObject({ status: 'approved', decided_by: 'amy' });
    const cancelled = await call(guarded, `/api/sessions/${session_id}/cancel`, {
      key: 'dev',
      body: {},
    });
    expect(cancelled).toMatchObject({ status: 200, body: { data: { run_id } } });
    expect(await decide({ approved: true })).toMatchObject({ status: 409 });
  });

  it('asks for another revision when a plan is rejected with a reason', async () => {
    const { approval_id, plan_id, run_id } = await plannedRun();
    const path = `/api/approvals/${approval_id}`;
    const rejected = await call(guarded, path, {
      key: 'yes',
      body: { approved: false, reason: 'also b.ts' },
    });
    expect(rejected.status).toBe(200);
    for (;;) {
      const { body } = await call(guarded, `/api/runs/${run_id}`, { key: 'dev' });
      const plan = body.data['plan'] as { revision: number; plan_id: string };
      if (body.data['approval'] === undefined || plan.revision !== 2) {
        await delay(50);
        continue;
      }
      expect(plan.plan_id).not.toBe(plan_id);
      break;
    }
    expect(await call(guarded, path, { key: 'yes', body: { approved: true } })).toMatchObject({
      status: 409,
      body: { code: 'approval_stale' },
    });
  });

  it('keeps what belongs to others from a developer', async () => {
    const started = await call(open, '/api/sessions', {
      body: { message: 'what is this project' },
    });
    const { session_id, run_id } = started.body.data;
    expect(await call(guarded, `/api/sessions/${session_id}`, { key: 'dev' })).toMatchObject({
      status: 404,
    });
    expect(await call(guarded, `/api/runs/${run_id}`, { key: 'dev' })).toMatchObject({
      status: 404,
    });
    expect(await call(guarded, `/api/runs/${run_id}`, { key: 'see' })).toMatchObject({
      status: 200,
    });
    const mine = await call(guarded, '/api/sessions', { key: 'dev' });
    expect(JSON.stringify(mine.body.data)).not.toContain(session_id);
  });

  it('opens Bull Board for administrators only, also by the password box of a browser', async () => {
    const get = (headers: Record<string, string>, path = '/admin/queues') =>
      fetch(guarded.url + path, { headers });
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
    expect((await fetch(`${open.url}/admin/queues`)).status).toBe(200);
  });

  it('counts for Prometheus', async () => {
    const text = await (await fetch(`${open.url}/metrics`)).text();
    expect(text).toContain('hil_sockets 0');
    const client = await open.connect();
    await client.next('connection_status');
    expect(await (await fetch(`${open.url}/metrics`)).text()).toContain('hil_sockets 1');
    expect(Object.keys((await call(open, '/api/jobs')).body.data)).toHaveLength(4);
  });

  it('shows a page that runs nothing', async () => {
    const page = await fetch(open.url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(await page.text()).toContain(`ws://127.0.0.1:${open.port}/ws/chat`);
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
