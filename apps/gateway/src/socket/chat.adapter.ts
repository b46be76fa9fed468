import type { IncomingMessage } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { HilError, MAX_FRAME_BYTES } from '@hil/contracts';
import type { VerifyClientCallbackAsync } from 'ws';
import type { AccessGuard } from '../access/access-guard.js';
import { errorEnvelope } from '../rest/envelope.js';
import { ChatWebSocket } from './chat-websocket.js';

/**
 * Accepts sockets: Origin, Host and a key in the headers are checked in the handshake, which is
 * refused with 401 and the reason. Frames are bounded and never compressed (a small compressed
 * frame could unpack to any size).
 */
export class ChatAdapter extends WsAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly guard: AccessGuard,
  ) {
    super(app);
  }

  override create(port: number, options: Record<string, unknown> = {}): unknown {
    const verifyClient: VerifyClientCallbackAsync = ({ req }, done) => this.verify(req, done);
    return super.create(port, {
      ...options,
      verifyClient,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      WebSocket: ChatWebSocket,
    });
  }

  /** Failing sockets are the connection's business; a client must not be able to fill the log. */
  override bindErrorHandler(server: unknown): unknown {
    return server;
  }

  /** Each connection reads its frames itself, in order and with an answer to every bad one. */
  override bindMessageHandlers(): void {}

  private verify(request: IncomingMessage, done: Parameters<VerifyClientCallbackAsync>[1]): void {
    try {
      this.guard.checkOrigin(request);
      this.guard.identify(request);
      done(true);
    } catch (error) {
      const body = JSON.stringify(errorEnvelope(HilError.from(error)));
      done(false, 401, body, { 'Content-Type': 'application/json' });
    }
  }
}
