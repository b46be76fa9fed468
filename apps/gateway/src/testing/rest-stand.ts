import { afterAll, beforeAll } from '@jest/globals';
import { type Backend, startBackend } from './backend.js';
import { type GatewayUnderTest, startTestGateway } from './gateway-under-test.js';

/** What REST answers in. */
export interface Envelope {
  status: string;
  code?: string;
  message?: string;
  data: Record<string, unknown>;
}

/** Two gateways before one backend with a planner: one that asks for no key, and one with a key for each role. */
export interface RestStand {
  readonly backend: Backend;
  readonly open: GatewayUnderTest;
  readonly guarded: GatewayUnderTest;
}

/** The stand for all tests of a file. */
export function withRest(): RestStand {
  const stand: Partial<{ -readonly [part in keyof RestStand]: RestStand[part] }> = {};
  beforeAll(async () => {
    stand.backend = await startBackend();
    stand.open = await startTestGateway(stand.backend);
    stand.guarded = await startTestGateway(stand.backend, {
      AUTH_MODE: 'api-key',
      API_KEYS: 'eve:viewer:see,dan:developer:dev,amy:approver:yes,adm:admin:all',
      WEBSOCKET_CORS_ORIGINS: 'https://app.example',
    });
    await stand.backend.startPlanner();
  });
  afterAll(async () => {
    await stand.open?.close();
    await stand.guarded?.close();
    await stand.backend?.close();
  });
  return stand as RestStand;
}

/** Speaks to the gateway as a program does: JSON both ways. */
export async function call(
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
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Envelope,
    headers: response.headers,
  };
}
