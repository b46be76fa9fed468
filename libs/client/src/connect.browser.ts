import { openSocket } from './open-socket.browser.js';
import { HilClient, type ConnectOptions } from './hil-client.js';

/**
 * Connects to the chat socket and stays connected until `close`. Returns at once; commands sent
 * before the socket is open go out when it is. This is
 * the one for pages, on their own WebSocket.
 */
export function connect(options: ConnectOptions): HilClient {
  return new HilClient(options, openSocket);
}
