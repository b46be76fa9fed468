import {
  type AddressInfo,
  type NetConnectOpts,
  type Socket,
  connect,
  createServer,
} from 'node:net';

/** A wire that can be cut without either end being told, as when a network drops packets. */
export interface Wire {
  port: number;
  /** Nothing passes in either direction, and nothing is closed, until {@link mend}. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback and passes every connection on to `target`. */
export async function startWire(target: NetConnectOpts): Promise<Wire> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const far = connect(target);
    const both = [near, far];
    near.pipe(far);
    far.pipe(near);
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        for (const other of both) other.destroy();
      });
      if (isCut) socket.pause();
    }
    if (!isCut) near.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
