import { randomUUID } from 'node:crypto';
import type { AgentUpdate, ServerEvent, ServerEventData, ServerEventName } from '@hil/contracts';
import { type ClientOptions, WebSocket } from 'ws';

export type ChatClientOptions = Pick<ClientOptions, 'headers' | 'origin'>;

/** A plain WebSocket client that keeps all it got. */
export class ChatClient {
  readonly received: ServerEvent[] = [];
  closed: { code: number; reason: string } | null = null;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.received.push(JSON.parse(data.toString()) as ServerEvent);
      this.changed();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.changed();
    });
    socket.on('error', () => undefined);
  }

  /** Rejects with the HTTP status when the handshake is refused. */
  static open(address: string, options: ChatClientOptions): Promise<ChatClient> {
    const socket = new WebSocket(address, options);
    const client = new ChatClient(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('unexpected-response', (_request, response) => {
        reject(new Error(`HTTP ${response.statusCode}`));
        socket.terminate();
      });
      socket.once('error', reject);
    });
  }

  send(event: string, data: object): void {
    this.sendText(JSON.stringify({ event, data }));
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  /** The first message that fits; waits for it. */
  async next<N extends ServerEventName>(
    event: N,
    fits: (data: ServerEventData<N>) => boolean = () => true,
  ): Promise<ServerEventData<N>> {
    const find = () => this.all(event).find(fits);
    await this.until(() => find() !== undefined || this.closed !== null, `a ${event}`);
    const found = find();
    if (found === undefined) throw new Error(`closed with ${this.closed?.code} before a ${event}`);
    return found;
  }

  all<N extends ServerEventName>(event: N): ServerEventData<N>[] {
    return this.received
      .filter((message) => message.event === event)
      .map((message) => message.data as ServerEventData<N>);
  }

  async closing(): Promise<{ code: number; reason: string }> {
    await this.until(() => this.closed !== null, 'the close');
    return this.closed ?? { code: 0, reason: '' };
  }

  updates(sessionId?: string): AgentUpdate[] {
    return this.received.flatMap((message) =>
      message.event === 'agent_update' &&
      (sessionId === undefined || message.data.session_id === sessionId)
        ? [message.data as AgentUpdate]
        : [],
    );
  }

  async until(holds: () => boolean, what: string, withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!holds()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`waited ${withinMs} ms for ${what} in vain`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const { waiting } = this;
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
  }

  terminate(): void {
    this.socket.terminate();
  }

  private changed(): void {
    for (const wake of [...this.waiting]) wake();
  }
}

/** Sends a message that starts a run in a new session; answers the ids of the ack. */
export async function startRun(
  client: ChatClient,
): Promise<{ session_id: string; run_id: string }> {
  const id = randomUUID();
  const message = { message: 'rename a to b in a.ts', repo_url: 'https://x.example/y.git', id };
  client.send('chat_message', message);
  const ack = await client.next('ack', (data) => data.id === id);
  if (ack.session_id === undefined || ack.run_id === undefined) {
    throw new Error(JSON.stringify(ack));
  }
  return { session_id: ack.session_id, run_id: ack.run_id };
}
