import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Opens sockets, a few at a time; `onFrame(data, client)` gets every frame as it is. */
export async function openClients(url, count, onFrame, atOnce = 50) {
  const sockets = [];
  for (let from = 0; from < count; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      socket.on('message', (data) => onFrame(data, from + index));
      return socket;
    });
    await Promise.all(some.map((socket) => once(socket, 'open')));
    for (const socket of some) socket.on('error', () => undefined);
    sockets.push(...some);
  }
  return { sockets, close: () => sockets.forEach((socket) => socket.terminate()) };
}

/** The moment a frame was written at, which its text carries as `t=<ns>`, as ms before now. */
export function ageMs(data) {
  const stamp = /t=(\d+)/.exec(data.toString())?.[1];
  return stamp === undefined
    ? undefined
    : Number(process.hrtime.bigint() - BigInt(stamp)) / 1_000_000;
}

/** Resolves once `done()` holds; it is asked after every wake. Throws after `limitMs`. */
export class Gathering {
  #wake = () => undefined;

  wake() {
    this.#wake();
  }

  async until(done, what, limitMs = 60_000) {
    const deadline = performance.now() + limitMs;
    while (!done()) {
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1_000));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
