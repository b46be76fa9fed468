import {
  HilError,
  type AgentUpdate,
  type ClientEventData,
  type ClientEventName,
  type ErrorCode,
  type ServerEvent,
  type ServerEventData,
} from '@hil/contracts';
import { Cursors } from './cursors.js';
import { Listeners } from './listeners.js';
import { PendingCommands, type Ack } from './pending-commands.js';
import type { OpenSocket, Socket } from './socket.js';
import { UpdateQueue } from './update-queue.js';

/** Options of `connect`. */
export interface ConnectOptions {
  /** The chat socket, such as ws://127.0.0.1:5001/ws/chat. */
  url: string;
  token?: string;
  /** A session to follow from the start. */
  sessionId?: string;
  /** The last update of that session which the caller has; default 0: everything is replayed. */
  lastSeq?: number;
  /** Bounds of the pause before a reconnect, in ms; it doubles from the first to the second. */
  reconnectDelayMs?: { first: number; most: number };
}

/** The state of the connection, as `on('connection')` reports it. */
export type ConnectionState =
  | { state: 'connected' }
  | { state: 'reconnecting'; attempt: number; delayMs: number; reason: string }
  | { state: 'closed'; error?: Error };

/** What `on` offers, by event name. */
export interface ClientEvents {
  update: AgentUpdate;
  connection: ConnectionState;
  /** Errors of the server that belong to no command of this client. */
  error: ServerEventData<'error'>;
}

/** Data of a command without the id, which the client adds. */
export type CommandData<N extends ClientEventName> = Omit<ClientEventData<N>, 'id'>;

/** Refusals that a reconnect can't heal. */
const FINAL_CODES: readonly ErrorCode[] = ['unauthenticated', 'origin_refused'];
const REFUSED: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'origin_refused',
};

/**
 * A connection that outlives its sockets: it reconnects with growing pauses, resumes each followed
 * session after the last update it has, and sends commands again until they are answered. Listeners
 * and iterators see every update once, in order.
 */
export class HilClient {
  private readonly listeners = new Listeners<ClientEvents>();
  private readonly cursors = new Cursors();
  private readonly pending = new PendingCommands();
  private readonly queues = new Set<UpdateQueue>();
  private socket: Socket | undefined;
  private open = false;
  private ended = false;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly options: ConnectOptions,
    private readonly openSocket: OpenSocket,
  ) {
    if (options.sessionId !== undefined) this.cursors.follow(options.sessionId, options.lastSeq);
    this.dial();
  }

  /** @returns a function that removes the listener */
  on<E extends keyof ClientEvents>(
    event: E,
    listener: (payload: ClientEvents[E]) => void,
  ): () => void {
    return this.listeners.on(event, listener);
  }

  /**
   * Every update from now on. Ends with `close`.
   * @throws HilError from the loop when the server refuses this client for good
   */
  updates(): AsyncIterableIterator<AgentUpdate> {
    const queue = new UpdateQueue((released) => this.queues.delete(released));
    if (this.ended) queue.end();
    else this.queues.add(queue);
    return queue;
  }

  /** The last update seen of a session; 0 when none was. */
  lastSeq(sessionId: string): number {
    return this.cursors.seq(sessionId);
  }

  /** Follows one more session, from after `lastSeq`. */
  follow(sessionId: string, lastSeq = 0): void {
    this.cursors.follow(sessionId, lastSeq);
    if (this.open) this.resume(sessionId);
  }

  /**
   * Sends a command with an id of its own, again after each reconnect until it is answered.
   * @returns the ack
   * @throws HilError with the code and words of the server when it is refused
   */
  async send<N extends Exclude<ClientEventName, 'authenticate' | 'resume'>>(
    event: N,
    data: CommandData<N>,
  ): Promise<Ack> {
    if (this.ended) throw new HilError('service_unavailable', 'the connection is closed');
    const id = newId();
    const text = JSON.stringify({ event, data: { ...data, id } });
    const answer = this.pending.add(id, text);
    if (this.open) this.socket?.send(text);
    const ack = await answer;
    if (ack.session_id !== undefined) this.cursors.follow(ack.session_id);
    return ack;
  }

  /** Starts a run, or steers or answers the active one of the session. */
  chat(message: string, more: Omit<CommandData<'chat_message'>, 'message'> = {}): Promise<Ack> {
    return this.send('chat_message', { ...more, message });
  }

  /** Answers an open approval of any kind. */
  decide(data: CommandData<'approval_response'>): Promise<Ack> {
    return this.send('approval_response', data);
  }

  approvePlan(data: Omit<CommandData<'approve_plan'>, 'approved'>): Promise<Ack> {
    return this.send('approve_plan', { ...data, approved: true });
  }

  rejectPlan(data: CommandData<'reject_plan'>): Promise<Ack> {
    return this.send('reject_plan', data);
  }

  editPlan(data: CommandData<'edit_plan'>): Promise<Ack> {
    return this.send('edit_plan', data);
  }

  cancel(sessionId: string, runId?: string): Promise<Ack> {
    const run = runId === undefined ? {} : { run_id: runId };
    return this.send('cancel_request', { session_id: sessionId, ...run });
  }

  /** Ends the connection for good; commands without an answer are rejected. */
  close(): void {
    this.finish();
  }

  private dial(): void {
    const url = new URL(this.options.url);
    const first = this.cursors.entries()[0];
    if (first !== undefined) {
      url.searchParams.set('session_id', first[0]);
      url.searchParams.set('last_seq', String(first[1]));
    }
    const socket = this.openSocket(url.href, this.options.token, {
      open: () => this.opened(socket),
      message: (text) => this.received(text),
      closed: (reason) => {
        if (this.socket === socket) this.lost(reason);
      },
    });
    this.socket = socket;
  }

  private opened(socket: Socket): void {
    if (this.ended) return socket.close();
    this.open = true;
    if (!socket.authenticated && this.options.token !== undefined) {
      socket.send(JSON.stringify({ event: 'authenticate', data: { token: this.options.token } }));
    }
    for (const [sessionId] of this.cursors.entries().slice(1)) this.resume(sessionId);
    for (const text of this.pending.texts()) socket.send(text);
    this.listeners.emit('connection', { state: 'connected' });
  }

  private lost(reason: { code: number; text: string; refused?: number }): void {
    this.open = false;
    if (this.ended) return;
    const code = reason.refused === undefined ? undefined : REFUSED[reason.refused];
    if (code !== undefined) return this.finish(new HilError(code, reason.text));
    const { first, most } = this.options.reconnectDelayMs ?? { first: 250, most: 10_000 };
    const pause = Math.min(most, first * 2 ** this.attempt);
    // Clients of a server that went away shall not all come back in the same moment.
    const delayMs = Math.round(pause * (0.5 + Math.random() / 2));
    this.attempt += 1;
    this.timer = setTimeout(() => this.dial(), delayMs);
    this.listeners.emit('connection', {
      state: 'reconnecting',
      attempt: this.attempt,
      delayMs,
      reason: reason.text === '' ? `closed with code ${reason.code}` : reason.text,
    });
  }

  private finish(error?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.open = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.pending.refuseAll(
      error ?? new HilError('service_unavailable', 'the connection was closed before an answer'),
    );
    for (const queue of this.queues) queue.end(error);
    this.queues.clear();
    this.listeners.emit(
      'connection',
      error === undefined ? { state: 'closed' } : { state: 'closed', error },
    );
  }

  private resume(sessionId: string): void {
    const data = { session_id: sessionId, last_seq: this.cursors.seq(sessionId) };
    this.socket?.send(JSON.stringify({ event: 'resume', data }));
  }

  private received(text: string): void {
    const frame = parseFrame(text);
    if (frame === undefined || this.ended) return;
    switch (frame.event) {
      case 'agent_update':
        return this.updated(frame.data as AgentUpdate);
      case 'ack':
        return this.pending.acknowledge(frame.data);
      case 'error':
        return this.refused(frame.data);
      case 'connection_status':
        return this.statusChanged(frame.data);
    }
  }

  private updated(update: AgentUpdate): void {
    this.attempt = 0;
    const verdict = this.cursors.take(update);
    if (verdict === 'gap') return this.resume(update.session_id);
    if (verdict === 'duplicate') return;
    for (const queue of this.queues) queue.push(update);
    this.listeners.emit('update', update);
  }

  private refused(error: ServerEventData<'error'>): void {
    if (error.id !== undefined) {
      return this.pending.refuse(error.id, error.code, error.message, error.details);
    }
    if (FINAL_CODES.includes(error.code)) {
      return this.finish(new HilError(error.code, error.message));
    }
    if (error.code === 'session_unknown' && error.session_id !== undefined) {
      this.cursors.forget(error.session_id);
    }
    this.listeners.emit('error', error);
  }

  private statusChanged(status: ServerEventData<'connection_status'>): void {
    if (status.status === 'connected') {
      this.attempt = 0;
    } else if (status.code === 'resync_required' && status.session_id !== null) {
      this.cursors.expectSnapshot(status.session_id);
    } else if (status.status === 'error' && status.code !== undefined) {
      this.refused({
        code: status.code,
        type: 'connection',
        message: status.message,
        timestamp: new Date().toISOString(),
        ...(status.session_id === null ? {} : { session_id: status.session_id }),
      });
    }
  }
}

/** Frames of a newer server that this client does not know are passed over. */
function parseFrame(text: string): ServerEvent | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    const known =
      typeof frame === 'object' && frame !== null && 'event' in frame && 'data' in frame;
    return known ? (frame as ServerEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** randomUUID is missing on pages served over plain http; this is not. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
