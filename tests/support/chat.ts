import { randomUUID } from 'node:crypto';
import type {
  AgentUpdate,
  ClientEventData,
  ClientEventName,
  RunState,
  ServerEvent,
  ServerEventData,
  ServerEventName,
  Summary,
  UpdateData,
  UpdateType,
} from '@hil/contracts';
import { WebSocket } from 'ws';

const WAIT_MS = 60_000;

/** An answer to a command, with the time it came at (performance.now). */
export interface Answer {
  ack: ServerEventData<'ack'>;
  at: number;
}

/** A person at a plain WebSocket: sends frames, keeps every frame that comes. */
export class Chat {
  readonly frames: { at: number; frame: ServerEvent }[] = [];
  private readonly waiting = new Set<() => void>();
  private closed = false;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => {
      this.frames.push({
        at: performance.now(),
        frame: JSON.parse(data.toString()) as ServerEvent,
      });
      for (const wake of [...this.waiting]) wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      for (const wake of [...this.waiting]) wake();
    });
  }

  /** @param http the gateway's address; @param query such as `session_id=...&last_seq=3` */
  static async open(http: string, query = ''): Promise<Chat> {
    const socket = new WebSocket(`${http.replace(/^http/, 'ws')}/ws/chat?${query}`);
    const chat = new Chat(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return chat;
  }

  sendText(text: string): void {
    this.socket.send(text);
  }

  send<N extends ClientEventName>(event: N, data: ClientEventData<N>): void {
    this.sendText(JSON.stringify({ event, data }));
  }

  /** Sends with an id of its own and waits for the `ack`. */
  async command<N extends ClientEventName>(event: N, data: ClientEventData<N>): Promise<Answer> {
    const id = randomUUID();
    this.send(event, { ...data, id });
    const { at, frame } = await this.frame(
      (each) => each.event === 'ack' && each.data.id === id,
      `the ack of ${event}`,
    );
    return { at, ack: frame.data as ServerEventData<'ack'> };
  }

  /** Sends what has to be refused, and answers the error of it. */
  async refused<N extends ClientEventName>(
    event: N,
    data: ClientEventData<N>,
  ): Promise<ServerEventData<'error'>> {
    const { ack } = await this.command(event, data);
    if (ack.ok) throw new Error(`${event} was accepted`);
    const error = this.all('error').find(({ id }) => id === ack.id);
    if (error === undefined) throw new Error(`no error event belongs to the refused ${event}`);
    return error;
  }

  all<N extends ServerEventName>(event: N): ServerEventData<N>[] {
    return this.frames.flatMap(({ frame }) =>
      frame.event === event ? [frame.data as ServerEventData<N>] : [],
    );
  }

  updates(sessionId: string): AgentUpdate[] {
    return this.all('agent_update').flatMap((update) =>
      update.session_id === sessionId ? [update as AgentUpdate] : [],
    );
  }

  of<T extends UpdateType>(sessionId: string, type: T): UpdateData<T>[] {
    return this.updates(sessionId).flatMap((update) =>
      update.type === type ? [update.data as UpdateData<T>] : [],
    );
  }

  /** The first update of a type that fits, whether it came already or comes. */
  async update<T extends UpdateType>(
    sessionId: string,
    type: T,
    fits: (data: UpdateData<T>) => boolean = () => true,
    withinMs = WAIT_MS,
  ): Promise<{ at: number; update: AgentUpdate; data: UpdateData<T> }> {
    const { at, frame } = await this.frame(
      ({ event, data }) =>
        event === 'agent_update' &&
        data.session_id === sessionId &&
        data.type === type &&
        fits(data.data as UpdateData<T>),
      `${type} of ${sessionId}`,
      withinMs,
    );
    const update = frame.data as AgentUpdate;
    return { at, update, data: update.data as UpdateData<T> };
  }

  reaches(sessionId: string, state: RunState): Promise<{ at: number; update: AgentUpdate }> {
    return this.update(sessionId, 'status', (status) => status.state === state);
  }

  async summary(sessionId: string, withinMs = WAIT_MS): Promise<Summary> {
    return (await this.update(sessionId, 'summary', () => true, withinMs)).data;
  }

  async frame(
    fits: (frame: ServerEvent) => boolean,
    what: string,
    withinMs = WAIT_MS,
  ): Promise<{ at: number; frame: ServerEvent }> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = this.frames.find(({ frame }) => fits(frame));
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0 || this.closed) {
        const end = this.closed ? 'the socket closed' : `${withinMs} ms passed`;
        throw new Error(`${end} before ${what}; the last frames were:\n${this.tail()}`);
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.waiting.add(wake);
      });
    }
  }

  /** Cut off, as when a laptop is closed. */
  close(): void {
    this.socket.terminate();
  }

  private tail(): string {
    const short = this.frames.slice(-15).map(({ frame }) => JSON.stringify(frame).slice(0, 400));
    return short.join('\n');
  }
}
