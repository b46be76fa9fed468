import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_FRAME_BYTES, SERVER_EVENTS } from '@hil/contracts';
import { type Backend, startBackend } from './testing/backend.js';
import { startRun } from './testing/chat-client.js';
import { type GatewayUnderTest, startTestGateway } from './testing/gateway-under-test.js';

describe('the chat socket', () => {
  let backend: Backend;
  let gateway: GatewayUnderTest;

  beforeAll(async () => {
    backend = await startBackend();
    gateway = await startTestGateway(backend, { WEBSOCKET_MESSAGES_PER_MINUTE: '100000' });
  });
  afterAll(async () => {
    await gateway?.close();
    await backend?.close();
  });

  async function append(runId: string, sessionId: string, count: number, size = 10): Promise<void> {
    const message = 'x'.repeat(size);
    for (let left = count; left > 0; left -= 1) {
      const entry = { type: 'log', data: { message, level: 'info', source: 'test' } } as const;
      const noted = await backend.storage.note(
        runId,
        [{ update: entry, stage: 'planning', attempt: 1 }],
        null,
      );
      if (noted === null) throw new Error('the run has ended');
      backend.signals.ring(sessionId, noted.lastSeq);
    }
  }

  it('greets without a session', async () => {
    const client = await gateway.connect();
    expect(await client.next('connection_status')).toEqual({
      status: 'connected',
      message: 'connected',
      session_id: null,
    });
  });

  it.each([
    ['not JSON', 'hello', 'validation_error', 'message'],
    ['no object', '[1]', 'validation_error', 'message'],
    ['no event', '{"data":{}}', 'validation_error', 'message'],
    ['an unknown event', '{"event":"dance","data":{"id":"7"}}', 'unknown_event', 'dance'],
    ['an inherited name', '{"event":"constructor"}', 'unknown_event', 'constructor'],
    [
      'an empty message',
      '{"event":"chat_message","data":{"message":" "}}',
      'validation_error',
      'chat_message',
    ],
    ['a missing field', '{"type":"cancel_request"}', 'validation_error', 'cancel_request'],
  ])('answers %s by a named error and goes on', async (_what, frame, code, type) => {
    const client = await gateway.connect();
    client.sendText(frame);
    expect(await client.next('error')).toMatchObject({ code, type });
    await startRun(client);
  });

  it('answers a binary frame by an error', async () => {
    const client = await gateway.connect();
    client.socket.send(Buffer.from('{"event":"resume"}'));
    expect(await client.next('error')).toMatchObject({ code: 'validation_error' });
  });

  it('answers a burst of frames one after the other', async () => {
    const client = await gateway.connect();
    const ids = Array.from({ length: 300 }, (_, index) => `${index}`);
    for (const id of ids) client.send('resume', { session_id: randomUUID(), last_seq: 0, id });
    await client.until(() => client.all('ack').length === ids.length, 'all acks');
    expect(client.all('ack').map(({ id }) => id)).toEqual(ids);
    expect(client.received[0]).toMatchObject({ event: 'connection_status' });
  });

  it('names the reason before it closes on an over-large frame', async () => {
    const client = await gateway.connect();
    client.sendText('x'.repeat(MAX_FRAME_BYTES + 1));
    expect(await client.next('error')).toMatchObject({ code: 'message_too_large' });
    expect(await client.closing()).toMatchObject({ code: 1009 });
  });

  it('sends the ack of a message first and then the log from seq 1', async () => {
    const client = await gateway.connect();
    const { session_id, run_id } = await startRun(client);
    await client.next('agent_update', ({ seq }) => seq === 2);
    expect(client.received.map(({ event }) => event).slice(0, 4)).toEqual([
      'connection_status',
      'ack',
      'agent_update',
      'agent_update',
    ]);
    const updates = client.updates();
    expect(updates.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(updates[0]).toMatchObject({
      type: 'status',
      data: { state: 'received' },
      session_id,
      run_id,
    });
    for (const { event, data } of client.received) SERVER_EVENTS[event].parse(data);
  });

  it('does a message with the same id once, also from another socket', async () => {
    const client = await gateway.connect();
    const message = { message: 'what is this project', id: randomUUID() };
    client.send('chat_message', message);
    client.send('chat_message', message);
    await client.until(() => client.all('ack').length === 2, 'two acks');
    const [first, second] = client.all('ack');
    expect(second).toEqual(first);
    const again = await gateway.connect();
    again.send('chat_message', message);
    expect(await again.next('ack')).toEqual(first);
    await again.next('agent_update', ({ seq }) => seq === 2);
    await delay(100);
    expect(client.updates().map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('resumes by the handshake and by the event', async () => {
    const client = await gateway.connect();
    const { session_id, run_id } = await startRun(client);
    await append(run_id, session_id, 8);
    const byQuery = await gateway.connect({ query: `?session_id=${session_id}&last_seq=4` });
    await byQuery.next('agent_update', ({ seq }) => seq === 10);
    expect(byQuery.updates().map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10]);
    expect(byQuery.all('connection_status')).toMatchObject([{ status: 'connected', session_id }]);
    const byEvent = await gateway.connect();
    byEvent.send('resume', { session_id, last_seq: 9, id: 'r' });
    await byEvent.next('agent_update', ({ seq }) => seq === 10);
    expect(byEvent.updates()).toHaveLength(1);
    expect(byEvent.all('ack')).toEqual([{ id: 'r', ok: true, session_id }]);
  });

  it('tells that a session is unknown and stays usable', async () => {
    const session_id = randomUUID();
    const client = await gateway.connect({ query: `?session_id=${session_id}&last_seq=0` });
    expect(await client.next('connection_status')).toMatchObject({
      status: 'error',
      code: 'session_unknown',
    });
    expect(await client.next('error')).toMatchObject({ code: 'session_unknown', session_id });
    client.send('resume', { session_id, last_seq: 0, id: 'again' });
    expect(await client.next('ack')).toEqual({ id: 'again', ok: false, code: 'session_unknown' });
    await startRun(client);
    const wrong = await gateway.connect({ query: '?session_id=nonsense' });
    expect(await wrong.next('error')).toMatchObject({ code: 'validation_error', type: 'resume' });
  });

  it('brings a client that comes too late up to date by a snapshot', async () => {
    const client = await gateway.connect();
    const { session_id, run_id } = await startRun(client);
    await append(run_id, session_id, 3);
    // While somebody follows, the gateway still knows the newest events; retention drops old ones.
    client.terminate();
    await delay(500);
    await backend.database.pool.query('DELETE FROM event WHERE session_id = $1 AND seq <= 4', [
      session_id,
    ]);
    await backend.database.pool.query('UPDATE session SET dropped_seq = 4 WHERE id = $1', [
      session_id,
    ]);
    const late = await gateway.connect({ query: `?session_id=${session_id}&last_seq=1` });
    const snapshot = await late.next('agent_update');
    expect(snapshot).toMatchObject({
      type: 'snapshot',
      seq: 5,
      data: { state: 'intent_extraction' },
    });
    await append(run_id, session_id, 1);
    await late.next('agent_update', ({ seq }) => seq === 6);
    expect(late.received.map(({ event }) => event)).toEqual([
      'connection_status',
      'connection_status',
      'agent_update',
      'agent_update',
    ]);
    expect(late.all('connection_status')[1]).toMatchObject({ code: 'resync_required', session_id });
  });

  it('leaves no gap and no duplicate while sockets come and go under 500 appends', async () => {
    const owner = await gateway.connect();
    const { session_id, run_id } = await startRun(owner);
    const writing = Promise.all([1, 2, 3, 4].map(() => append(run_id, session_id, 125)));
    const total = 502;
    const readers = [1, 2, 3].map(async () => {
      const seen: number[] = [];
      while ((seen.at(-1) ?? 0) < total) {
        const client = await gateway.connect({
          query: `?session_id=${session_id}&last_seq=${seen.at(-1) ?? 0}`,
        });
        const goal = Math.min(total, (seen.at(-1) ?? 0) + 20 + Math.floor(Math.random() * 60));
        await client.next('agent_update', ({ seq }) => seq === goal);
        client.terminate();
        seen.push(...client.updates().map(({ seq }) => seq));
      }
      return seen;
    });
    const expected = Array.from({ length: total }, (_, index) => index + 1);
    for (const seen of await Promise.all(readers)) expect(seen).toEqual(expected);
    await writing;
    await owner.next('agent_update', ({ seq }) => seq === total);
    expect(owner.updates().map(({ seq }) => seq)).toEqual(expected);
  });

  it('finds what nobody rang for', async () => {
    const client = await gateway.connect();
    const { run_id } = await startRun(client);
    const entry = {
      type: 'log',
      data: { message: 'quiet', level: 'info', source: 'test' },
    } as const;
    await backend.storage.note(run_id, [{ update: entry, stage: 'planning', attempt: 1 }], null);
    await client.next('agent_update', ({ seq }) => seq === 3);
  });

  it('keeps several sessions of one socket apart', async () => {
    const client = await gateway.connect();
    const sessions = [await startRun(client), await startRun(client), await startRun(client)];
    await Promise.all(sessions.map((each) => append(each.run_id, each.session_id, 20)));
    for (const { session_id, run_id } of sessions) {
      await client.next(
        'agent_update',
        (data) => data.session_id === session_id && data.seq === 22,
      );
      const updates = client.updates(session_id);
      expect(updates.map(({ seq }) => seq)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
      expect(new Set(updates.map((update) => update.run_id))).toEqual(new Set([run_id]));
    }
  });

  it('closes a client that takes nothing, holds little for it, and lets it resume', async () => {
    const owner = await gateway.connect();
    const { session_id, run_id } = await startRun(owner);
    const slow = await gateway.connect({ query: `?session_id=${session_id}&last_seq=0` });
    await slow.next('agent_update');
    slow.socket.pause();
    await append(run_id, session_id, 200, 100_000);
    await owner.next('agent_update', ({ seq }) => seq === 202);
    await delay(11_000);
    slow.socket.resume();
    expect(await slow.closing()).toMatchObject({ code: 1013 });
    const got = slow.updates().map(({ seq }) => seq);
    expect(got).toEqual(got.map((_, index) => index + 1));
    expect(got.length).toBeLessThan(202);
    const back = await gateway.connect({
      query: `?session_id=${session_id}&last_seq=${got.length}`,
    });
    await back.next('agent_update', ({ seq }) => seq === 202);
    expect(back.updates()).toHaveLength(202 - got.length);
  }, 60_000);

  it('refuses commands by their code, to the sender alone', async () => {
    const client = await gateway.connect();
    const watcher = await gateway.connect();
    const { session_id } = await startRun(client);
    watcher.send('resume', { session_id, last_seq: 0 });
    client.send('approve_plan', { session_id, plan_id: randomUUID(), approved: true, id: 'a' });
    expect(await client.next('error')).toMatchObject({
      code: 'approval_unknown',
      type: 'approve_plan',
      id: 'a',
      session_id,
    });
    expect(await client.next('ack', ({ id }) => id === 'a')).toEqual({
      id: 'a',
      ok: false,
      code: 'approval_unknown',
    });
    client.send('cancel_request', { session_id, id: 'c' });
    expect(await client.next('ack', ({ id }) => id === 'c')).toMatchObject({
      ok: true,
      session_id,
    });
    client.send('cancel_request', { session_id, id: 'd' });
    expect(await client.next('ack', ({ id }) => id === 'd')).toMatchObject({
      ok: false,
      code: 'run_ended',
    });
    await watcher.next('agent_update', ({ type }) => type === 'summary');
    expect(watcher.all('error')).toEqual([]);
  });

  it('says goodbye when the server stops', async () => {
    const short = await startTestGateway(backend);
    const client = await short.connect();
    await client.next('connection_status');
    await short.app.close();
    expect(
      await client.next('connection_status', ({ status }) => status === 'disconnected'),
    ).toBeDefined();
    expect(await client.closing()).toMatchObject({ code: 1001 });
  });
});
