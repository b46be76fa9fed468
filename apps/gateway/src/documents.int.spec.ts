import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Backend, startBackend } from './testing/backend.js';
import { type GatewayUnderTest, startTestGateway } from './testing/gateway-under-test.js';

type Json = Record<string, unknown>;

describe('the served documents', () => {
  let backend: Backend;
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    backend = await startBackend();
    gateway = await startTestGateway(backend);
    await backend.startPlanner();
  });
  afterAll(async () => {
    await gateway?.close();
    await backend?.close();
  });

  async function json<T = Json>(path: string, body?: object): Promise<T> {
    const response = await fetch(gateway.url + path, {
      ...(body === undefined
        ? {}
        : {
            method: 'POST',
            body: JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          }),
    });
    return (await response.json()) as T;
  }

  it('describe the socket', async () => {
    expect(await json('/asyncapi.json')).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) });
  });

  it('describe what REST answers', async () => {
    const { components } = await json<{ components: { schemas: Json } }>('/openapi.json');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', components });
    const problems = (name: string, value: unknown): unknown => {
      const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
      return validate(value) ? [] : validate.errors;
    };
    const data = async (path: string, body?: object) =>
      (await json<{ data: unknown }>(path, body)).data;

    const started = (await data('/api/sessions', {
      message: 'rename a to b in a.ts',
      repo_url: 'https://x.example/y.git',
    })) as { session_id: string; run_id: string };
    let waiting: { approval_id: string }[] = [];
    while (waiting.length === 0) {
      waiting = (await data('/api/approvals')) as { approval_id: string }[];
      await delay(50);
    }
    const session = `/api/sessions/${started.session_id}`;
    expect(problems('Health', await data('/health'))).toEqual([]);
    expect(problems('SocketStatus', await json('/ws/status'))).toEqual([]);
    expect(problems('Run', await data(`/api/runs/${started.run_id}`))).toEqual([]);
    expect(problems('Session', await data(session))).toEqual([]);
    expect(problems('Session', ((await data('/api/sessions')) as unknown[])[0])).toEqual([]);
    expect(problems('EventPage', await data(`${session}/events`))).toEqual([]);
    expect(problems('OpenApproval', waiting[0])).toEqual([]);
    const decided = await data(`/api/approvals/${waiting[0]?.approval_id}`, { approved: true });
    expect(problems('Run', decided)).toEqual([]);
    expect(decided).toMatchObject({ run_id: started.run_id, state: 'editing' });
    expect(problems('ErrorEnvelope', await json('/api/runs/x'))).toEqual([]);
    expect(problems('Run', { nothing: true })).not.toEqual([]);
  });
});
