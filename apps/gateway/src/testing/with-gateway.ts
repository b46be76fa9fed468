import { afterAll, beforeAll } from '@jest/globals';
import { type Backend, startBackend } from './backend.js';
import { type GatewayUnderTest, startTestGateway } from './gateway-under-test.js';

/** What a spec speaks to, from its first test to its last. */
export interface Stand {
  backend: Backend;
  gateway: GatewayUnderTest;
}

/** A backend and a gateway with api keys for all tests of a file. @param prepare is called once both are there */
export function withGateway(
  env: Record<string, string>,
  prepare: (stand: Stand) => Promise<unknown> = () => Promise.resolve(),
): Stand {
  let backend: Backend | undefined;
  let gateway: GatewayUnderTest | undefined;
  const stand: Stand = {
    get backend() {
      if (backend === undefined) throw new Error('the backend has not started');
      return backend;
    },
    get gateway() {
      if (gateway === undefined) throw new Error('the gateway has not started');
      return gateway;
    },
  };
  beforeAll(async () => {
    backend = await startBackend();
    gateway = await startTestGateway(backend, { AUTH_MODE: 'api-key', ...env });
    await prepare(stand);
  });
  afterAll(async () => {
    await gateway?.close();
    await backend?.close();
  });
  return stand;
}
