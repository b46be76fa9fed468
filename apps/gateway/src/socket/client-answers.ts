import { HilError, type ServerEventData, type ServerEventName } from '@hil/contracts';
import type { GatewayLog } from '../gateway-dependencies.js';
import { presentable } from '../rest/envelope.js';
import type { SocketWriter } from './socket-writer.js';

const MAX_ID_CHARS = 128;

/** What one client is told of itself and its commands: never part of a session's log. */
export class ClientAnswers {
  constructor(
    private readonly writer: SocketWriter,
    private readonly log: GatewayLog,
  ) {}

  connected(sessionId: string | null): void {
    this.send('connection_status', {
      status: 'connected',
      message: sessionId === null ? 'connected' : 'connected; the session is resumed',
      session_id: sessionId,
    });
  }

  identityWanted(withinMs: number): void {
    this.send('connection_status', {
      status: 'connected',
      message: `connected; send "authenticate" within ${withinMs / 1000} s`,
      session_id: null,
      code: 'unauthenticated',
    });
  }

  shuttingDown(): void {
    this.send('connection_status', {
      status: 'disconnected',
      message: 'the server is shutting down; reconnect and resume with your last seq',
      session_id: null,
    });
  }

  resyncRequired(sessionId: string): void {
    this.send('connection_status', {
      status: 'error',
      code: 'resync_required',
      message:
        'the log no longer reaches back to that seq; a snapshot of the present state follows',
      session_id: sessionId,
    });
  }

  sessionUnknown(sessionId: string): void {
    this.send('connection_status', {
      status: 'error',
      code: 'session_unknown',
      message: 'there is no such session; a chat_message starts a new one',
      session_id: sessionId,
    });
  }

  acknowledge(id: string | undefined, result: { session_id?: string; run_id?: string }): void {
    if (id !== undefined) this.send('ack', { id, ok: true, ...result });
  }

  /** Tells the sender, and nobody else, that something was not done. */
  refuse(type: string, clientId: string | undefined, cause: unknown, sessionId?: string): void {
    const error = presentable(cause, (unknown) =>
      this.log.error({ err: unknown, event: type }, 'a client event failed'),
    );
    const id = clientId?.slice(0, MAX_ID_CHARS);
    this.send('error', {
      code: error.code,
      type,
      message: error.message,
      timestamp: new Date().toISOString(),
      ...(sessionId === undefined ? {} : { session_id: sessionId }),
      ...(id === undefined ? {} : { id }),
      ...(error.details === undefined ? {} : { details: error.details }),
    });
    if (id !== undefined) this.send('ack', { id, ok: false, code: error.code });
  }

  refuseTooLarge(): void {
    this.refuse('message', undefined, new HilError('message_too_large', 'that frame is too large'));
  }

  private send<N extends ServerEventName>(event: N, data: ServerEventData<N>): void {
    this.writer.send(event, data);
  }
}
