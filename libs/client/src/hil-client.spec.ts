import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseClientFrame, type AgentUpdate } from '@hil/contracts';
import { WebSocketServer, type WebSocket } from 'ws';
import { HilClient, connect, type ConnectOptions } from './index.js';
import { nodeSocket } from './open-socket.node.js';

const SESSION = randomUUID();
const RUN = randomUUID();

function update(seq: number, type: AgentUpdate['type'] = 'log'): AgentUpdate {
  return {
    type,
    timestamp: '2026-01-01T00:00:00.000Z',
    stage: 'editing',
    session_id: SESSION,
    run_id: RUN,
    seq,
    attempt: 1,
    data: { message: `line ${seq}`, level: 'info', source: 'test' },
  } as AgentUpdate;
}

/** A server that speaks the protocol with a log of its own; each test says how it behaves. */
class TinyServer {
  readonly http: Server = createServer();
  readonly sockets: WebSocket[] = [];
  readonly queries: URLSearchParams[] = [];
  readonly commands: ReturnType<typeof parseClientFrame>[] = [];
  authorization: string | undefined;
  onCommand: (socket: WebSocket, command: ReturnType<typeof parseClientFrame>) => void = () => {};
  onConnect: (socket: WebSocket, lastSeq: number) => void = () => {};
  private readonly ws = new WebSocketServer({ server: this.http });

  async listen(port = 0): Promise<string> {
    this.ws.on('connection', (socket, request) => {
      this.sockets.push(socket);
      this.authorization = request.headers.authorization;
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      this.queries.push(query);
      socket.on('message', (data) => {
        const command = parseClientFrame(String(data));
        this.commands.push(command);
        this.onCommand(socket, command);
      });
      this.onConnect(socket, Number(query.get('last_seq') ?? 0));
    });
    await new Promise<void>((resolve) => this.http.listen(port, '127.0.0.1', resolve));
    return `ws://127.0.0.1:${(this.http.address() as AddressInfo).port}/ws/chat`;
  }

  close(): void {
    for (const socket of this.sockets) socket.terminate();
    this.http.close();
  }
}

function say(socket: WebSocket, event: string, data: object): void {
  socket.send(JSON.stringify({ event, data }));
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i += 1) {
    if (i > 400) throw new Error('it never became true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('connect', () => {
  let server: TinyServer;
  let url: string;
  let client: HilClient;
  const seen: number[] = [];

  beforeEach(async () => {
    server = new TinyServer();
    url = await server.listen();
    seen.length = 0;
  });
  afterEach(() => {
    client.close();
    server.close();
  });

  function open(options: Partial<ConnectOptions> = {}): HilClient {
    client = connect({ url, reconnectDelayMs: { first: 10, most: 40 }, ...options });
    client.on('update', ({ seq }) => seen.push(seq));
    return client;
  }

  it('sends a command with an id and resolves with its ack, even when sent before it is open', async () => {
    server.onCommand = (socket, { data }) =>
      say(socket, 'ack', { id: data.id, ok: true, session_id: SESSION, run_id: RUN });
    const ack = await open().chat('rename a to b', { repo_url: '/repo' });
    expect(ack).toMatchObject({ ok: true, session_id: SESSION, run_id: RUN });
    expect(server.commands[0]).toMatchObject({
      event: 'chat_message',
      data: { message: 'rename a to b', repo_url: '/repo' },
    });
  });

  it('rejects with the code and words of the server when a command is refused', async () => {
    server.onCommand = (socket, { data }) => {
      say(socket, 'ack', { id: data.id, ok: false, code: 'approval_stale' });
      say(socket, 'error', {
        id: data.id,
        code: 'approval_stale',
        type: 'approve_plan',
        message: 'revision 2 replaced it',
        timestamp: 'now',
      });
    };
    const answer = open().approvePlan({ session_id: SESSION, plan_id: randomUUID() });
    await expect(answer).rejects.toMatchObject({
      code: 'approval_stale',
      message: 'revision 2 replaced it',
    });
  });

  it('rejects on a refusal without words too', async () => {
    server.onCommand = (socket, { data }) =>
      say(socket, 'ack', { id: data.id, ok: false, code: 'run_ended' });
    await expect(open().cancel(SESSION)).rejects.toMatchObject({ code: 'run_ended' });
  });

  it('resumes after the last update it has when the connection breaks', async () => {
    server.onConnect = (socket, lastSeq) => {
      for (let seq = lastSeq + 1; seq <= lastSeq + 3; seq += 1) {
        say(socket, 'agent_update', update(seq));
      }
      if (server.sockets.length < 3) setTimeout(() => socket.terminate(), 20);
    };
    open({ sessionId: SESSION, lastSeq: 4 });
    await until(() => seen.length === 9);
    expect(seen).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(server.queries.map((query) => query.get('last_seq'))).toEqual(['4', '7', '10']);
  });

  it('follows the session of its chat over a reconnect', async () => {
    server.onCommand = (socket, { data }) => {
      say(socket, 'ack', { id: data.id, ok: true, session_id: SESSION });
      say(socket, 'agent_update', update(1));
    };
    await open().chat('hello');
    await until(() => seen.length === 1);
    server.sockets[0]?.terminate();
    await until(() => server.queries.length === 2);
    expect(Object.fromEntries(server.queries[1] ?? [])).toEqual({
      session_id: SESSION,
      last_seq: '1',
    });
  });

  it('delivers each update once and in order when the server repeats or skips', async () => {
    server.onConnect = (socket) => {
      for (const seq of [1, 2, 2, 1, 5]) say(socket, 'agent_update', update(seq));
    };
    server.onCommand = (socket, command) => {
      if (command.event !== 'resume') return;
      for (let seq = command.data.last_seq + 1; seq <= 5; seq += 1) {
        say(socket, 'agent_update', update(seq));
      }
    };
    open({ sessionId: SESSION });
    await until(() => seen.length === 5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('jumps to the snapshot when the log no longer reaches back', async () => {
    server.onConnect = (socket) => {
      say(socket, 'connection_status', {
        status: 'error',
        code: 'resync_required',
        message: 'gone',
        session_id: SESSION,
      });
      say(socket, 'agent_update', update(90, 'snapshot'));
      say(socket, 'agent_update', update(91));
    };
    open({ sessionId: SESSION, lastSeq: 3 });
    await until(() => seen.length === 2);
    expect(seen).toEqual([90, 91]);
  });

  it('sends an unanswered command again with the same id after a reconnect', async () => {
    server.onCommand = (socket, { data }) => {
      if (server.commands.length === 1) socket.terminate();
      else say(socket, 'ack', { id: data.id, ok: true });
    };
    await open().cancel(SESSION);
    const ids = server.commands.map((command) => command.data.id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });

  it('waits for a server that is not there yet, and says so', async () => {
    const port = Number(new URL(url).port);
    server.close();
    const reasons: string[] = [];
    open();
    client.on('connection', (state) => {
      if (state.state === 'reconnecting') reasons.push(state.reason);
    });
    await until(() => reasons.length >= 2);
    expect(reasons[0]).toContain('ECONNREFUSED');
    server = new TinyServer();
    server.onConnect = (socket) => say(socket, 'agent_update', update(1));
    await server.listen(port);
    await until(() => seen.length === 1);
  });

  it('sends the token in the header', async () => {
    open({ token: 'secret-token' });
    await until(() => server.sockets.length === 1);
    expect(server.authorization).toBe('Bearer secret-token');
  });

  it('gives up when the server does not know the token', async () => {
    server.onConnect = (socket) =>
      say(socket, 'error', {
        code: 'unauthenticated',
        type: 'authenticate',
        message: 'unknown token',
        timestamp: 'now',
      });
    const updates = open({ token: 'wrong' }).updates();
    await expect(updates.next()).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(server.sockets).toHaveLength(1);
  });

  it('gives up when the handshake is refused', async () => {
    const refusing = createServer();
    refusing.on('upgrade', (_request, socket) =>
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'),
    );
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const { port } = refusing.address() as AddressInfo;
    const updates = open({ url: `ws://127.0.0.1:${port}/ws/chat` }).updates();
    await expect(updates.next()).rejects.toMatchObject({ code: 'unauthenticated' });
    refusing.close();
  });

  it('iterates over updates until it is closed', async () => {
    server.onConnect = (socket) => [1, 2, 3].forEach((n) => say(socket, 'agent_update', update(n)));
    const got: number[] = [];
    for await (const { seq } of open({ sessionId: SESSION }).updates()) {
      got.push(seq);
      if (seq === 3) client.close();
    }
    expect(got).toEqual([1, 2, 3]);
  });

  it('rejects what was not answered when it is closed', async () => {
    open();
    const answer = client.cancel(SESSION);
    client.close();
    await expect(answer).rejects.toMatchObject({ code: 'service_unavailable' });
    await expect(client.cancel(SESSION)).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('passes over frames of a newer server', async () => {
    server.onConnect = (socket) => {
      socket.send('not json');
      say(socket, 'fireworks', {});
      say(socket, 'agent_update', update(1));
    };
    open({ sessionId: SESSION });
    await until(() => seen.length === 1);
  });

  it('reconnects when the server falls silent, and not while it pings', async () => {
    server.onConnect = (socket) => {
      if (server.sockets.length < 2) return;
      const beat = setInterval(() => socket.ping(), 40);
      socket.on('close', () => clearInterval(beat));
    };
    const options = { url, reconnectDelayMs: { first: 10, most: 40 } };
    client = new HilClient(options, nodeSocket({ silenceMs: 200 }));
    const reasons: string[] = [];
    client.on('connection', (state) => {
      if (state.state === 'reconnecting') reasons.push(state.reason);
    });
    await until(() => server.sockets.length === 2);
    expect(reasons).toEqual(['nothing came from the server for 0.2 s']);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(server.sockets).toHaveLength(2);
  });
});
