import { WebSocket } from 'ws';
import type { OpenSocket } from './socket.js';

/** Without an answer to the handshake for so long, the next try begins. */
const HANDSHAKE_MS = 15_000;
/** The server pings every 25 s; after more than two missed the connection is dead. */
const SILENCE_MS = 60_000;

/**
 * In Node the token travels in the Authorization header. A connection that went dead without a word (a
 * machine that slept, a NAT that forgot it) is ended after `silenceMs`, so that the client reconnects.
 */
export function nodeSocket({ silenceMs = SILENCE_MS } = {}): OpenSocket {
  return (url, token, handlers) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(url, { headers, handshakeTimeout: HANDSHAKE_MS });
    let problem = '';
    let refused: number | undefined;
    let silence: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        problem = `nothing came from the server for ${silenceMs / 1000} s`;
        socket.terminate();
      }, silenceMs).unref();
    };
    socket.on('open', () => {
      heard();
      handlers.open();
    });
    socket.on('ping', heard);
    socket.on('message', (data) => {
      heard();
      handlers.message(String(data));
    });
    socket.on('error', (error) => {
      problem = error.message || String((error as NodeJS.ErrnoException).code ?? error);
    });
    socket.on('unexpected-response', (request, response) => {
      refused = response.statusCode;
      request.destroy(new Error(`the server answered ${response.statusCode}`));
    });
    socket.on('close', (code, reason) => {
      clearTimeout(silence);
      const text = reason.toString() || problem;
      handlers.closed(refused === undefined ? { code, text } : { code, text, refused });
    });
    return {
      authenticated: true,
      send: (text) => socket.send(text),
      close: () => socket.close(),
    };
  };
}
