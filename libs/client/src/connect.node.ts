import { nodeSocket } from './open-socket.node.js';
import { HilClient, type ConnectOptions } from './hil-client.js';

/**
 * Connects to the chat socket and stays connected until `close`. Returns at once; commands sent
 * before the socket is open go out when it is. This is
 * the one for Node, on `ws`; index.browser.ts has the one for pages.
 */
export function connect(options: ConnectOptions): HilClient {
  return new HilClient(options, nodeSocket());
}
