/** What the client needs of a WebSocket; the one of browsers and the one of `ws` both have it. */
export interface Socket {
  /** True when the token went with the handshake; else the client sends `authenticate` first. */
  readonly authenticated: boolean;
  send(text: string): void;
  close(): void;
}

export interface SocketHandlers {
  open(): void;
  message(text: string): void;
  /** Called once. `refused` is the HTTP status when the server said no to the handshake. */
  closed(reason: { code: number; text: string; refused?: number }): void;
}

/** Opens a socket; never throws for a server that does not answer, but calls `closed`. */
export type OpenSocket = (
  url: string,
  token: string | undefined,
  handlers: SocketHandlers,
) => Socket;
