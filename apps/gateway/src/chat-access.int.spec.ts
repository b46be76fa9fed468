import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Backend, startBackend } from './testing/backend.js';
import { startRun } from './testing/chat-client.js';
import { type GatewayUnderTest, startTestGateway } from './testing/gateway-under-test.js';

const KEYS = {
  AUTH_MODE: 'api-key',
  API_KEYS: 'eve:viewer:see,dan:developer:dev,amy:approver:yes,adm:admin:all',
};

describe('access to the chat socket', () => {
  let backend: Backend;
  let gateway: GatewayUnderTest;
  const others: GatewayUnderTest[] = [];

  beforeAll(async () => {
    backend = await startBackend();
    gateway = await startTestGateway(backend);
  });
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close();
  });
  afterAll(async () => {
    await gateway?.close();
    await backend?.close();
  });

  async function another(env: Record<string, string>): Promise<GatewayUnderTest> {
    const other = await startTestGateway(backend, env);
    others.push(other);
    return other;
  }

  it('limits messages and sockets per user', async () => {
    const strict = await another({
      WEBSOCKET_MESSAGES_PER_MINUTE: '3',
      WEBSOCKET_MAX_CONNECTIONS_PER_USER: '2',
    });
    const [one, two] = [await strict.connect(), await strict.connect()];
    const three = await strict.connect();
    expect(await three.next('error')).toMatchObject({ code: 'rate_limited' });
    expect(await three.closing()).toMatchObject({ code: 1008 });
    one.sendText('bad');
    two.sendText('bad');
    one.sendText('bad');
    await one.until(() => one.all('error').length === 2, 'two errors');
    await two.next('error');
    two.send('chat_message', { message: 'hi', id: 'x' });
    expect(await two.next('ack')).toEqual({ id: 'x', ok: false, code: 'rate_limited' });
    two.terminate();
    await delay(50);
    expect((await (await strict.connect()).next('connection_status')).status).toBe('connected');
  });

  it('refuses foreign pages and rebound names in the handshake', async () => {
    const refused = (options: object) =>
      expect(gateway.connect(options)).rejects.toThrow('HTTP 401');
    await refused({ origin: 'https://evil.example' });
    await refused({ origin: 'null' });
    await refused({ headers: { host: `evil.example:${gateway.port}` } });
    await refused({ headers: { 'sec-fetch-site': 'cross-site' } });
    await gateway.connect({ origin: gateway.url });
    const listed = await another({ WEBSOCKET_CORS_ORIGINS: 'https://app.example' });
    await listed.connect({ origin: 'https://app.example' });
  });

  it('wants a key, by header or first message', async () => {
    const guarded = await another(KEYS);
    await expect(guarded.connect({ headers: { 'x-api-key': 'wrong' } })).rejects.toThrow(
      'HTTP 401',
    );
    const client = await guarded.connect();
    client.send('authenticate', { token: 'dev', id: 'k' });
    expect(await client.next('ack')).toEqual({ id: 'k', ok: true });
    const { session_id } = await startRun(client);
    const hasty = await guarded.connect();
    hasty.send('resume', { session_id, last_seq: 0 });
    expect(await hasty.next('error')).toMatchObject({ code: 'unauthenticated' });
    expect(await hasty.closing()).toMatchObject({ code: 4401 });
    const wrong = await guarded.connect();
    wrong.send('authenticate', { token: 'nope' });
    expect(await wrong.closing()).toMatchObject({ code: 4401 });
    const mute = await guarded.connect({ query: `?session_id=${session_id}&last_seq=0` });
    expect(await mute.closing()).toMatchObject({ code: 4401 });
    expect(mute.updates()).toEqual([]);
  });

  it('keeps to the roles', async () => {
    const guarded = await another(KEYS);
    const as = (key: string, query = '') =>
      guarded.connect({ headers: { authorization: `Bearer ${key}` }, query });
    const dan = await as('dev');
    const { session_id } = await startRun(dan);
    const eve = await as('see', `?session_id=${session_id}&last_seq=0`);
    await eve.next('agent_update', ({ seq }) => seq === 2);
    eve.send('chat_message', { message: 'hi', id: '1' });
    eve.send('approve_plan', { session_id, plan_id: randomUUID(), approved: true, id: '2' });
    eve.send('cancel_request', { session_id, id: '3' });
    await eve.until(() => eve.all('ack').length === 3, 'three acks');
    expect(eve.all('ack').map(({ code }) => code)).toEqual(['forbidden', 'forbidden', 'forbidden']);
    dan.send('approve_plan', { session_id, plan_id: randomUUID(), approved: true, id: '4' });
    expect(await dan.next('ack', ({ id }) => id === '4')).toMatchObject({ code: 'forbidden' });
    const local = await gateway.connect();
    const foreign = await startRun(local);
    dan.send('resume', { session_id: foreign.session_id, last_seq: 0, id: '5' });
    expect(await dan.next('ack', ({ id }) => id === '5')).toMatchObject({
      code: 'session_unknown',
    });
  });
});
