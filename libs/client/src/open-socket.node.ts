import { WebSocket } from 'ws';
import type { OpenSocket } from './socket.js';

/** In Node the token travels in the Authorization header. */
export const openSocket: OpenSocket = (url, token, handlers) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, { headers });
  let problem = '';
  let refused: number | undefined;
  socket.on('open', () => handlers.open());
  socket.on('message', (data) => handlers.message(String(data)));
  socket.on('error', (error) => {
    problem = error.message || String((error as NodeJS.ErrnoException).code ?? error);
  });
  socket.on('unexpected-response', (request, response) => {
    refused = response.statusCode;
    request.destroy(new Error(`the server answered ${response.statusCode}`));
  });
  socket.on('close', (code, reason) => {
    const text = reason.toString() || problem;
    handlers.closed(refused === undefined ? { code, text } : { code, text, refused });
  });
  return {
    authenticated: true,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
};
