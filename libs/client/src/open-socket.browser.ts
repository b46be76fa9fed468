import type { OpenSocket } from './socket.js';

/** The part of the browser's WebSocket that is used here. */
interface BrowserSocket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(): void;
}
declare const WebSocket: new (url: string) => BrowserSocket;

/** Browsers can't send headers with a WebSocket, so the token goes in the first message. */
export const openSocket: OpenSocket = (url, _token, handlers) => {
  const socket = new WebSocket(url);
  socket.onopen = () => handlers.open();
  socket.onmessage = ({ data }) => handlers.message(String(data));
  socket.onclose = ({ code, reason }) => handlers.closed({ code, text: reason });
  return {
    authenticated: false,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
};
