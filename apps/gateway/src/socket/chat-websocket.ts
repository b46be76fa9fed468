import { WebSocket } from 'ws';

/** Close code of RFC 6455 for a message that is larger than the receiver takes. */
const TOO_LARGE = 1009;

/**
 * A server-side socket that announces the closing of an over-large frame while something can still
 * be sent: ws itself closes such a socket before anybody hears of it.
 */
export class ChatWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code === TOO_LARGE && this.readyState === WebSocket.OPEN) this.emit('too-large');
    super.close(code, reason);
  }
}
