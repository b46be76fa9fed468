import { setTimeout as delay } from 'node:timers/promises';
import type { ServerEventData, ServerEventName } from '@hil/contracts';
import type { WebSocket } from 'ws';

/** Above this many unsent bytes the log is not read on for this socket. */
const HIGH_WATER_BYTES = 256 * 1024;
/** Above this many unsent bytes, whatever they are, the socket is closed. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** A client that takes nothing for so long while more waits is closed. */
const STALL_MS = 10_000;
const POLL_MS = 20;
/** Close code for a client that is to come again later. */
const TRY_AGAIN_LATER = 1013;

/**
 * Sends events to one socket and holds little for it: writers wait for {@link ready} before they
 * send more of what can be read again, and a client that does not keep up is closed with 1013.
 */
export class SocketWriter {
  constructor(
    private readonly socket: WebSocket,
    private readonly onSlow: () => void,
  ) {}

  get open(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** True when {@link ready} would answer true at once. */
  get writable(): boolean {
    return this.open && this.socket.bufferedAmount < HIGH_WATER_BYTES;
  }

  send<N extends ServerEventName>(event: N, data: ServerEventData<N>): void {
    this.sendFrame(JSON.stringify({ event, data }));
  }

  sendFrame(frame: string): void {
    if (!this.open) return;
    if (this.socket.bufferedAmount > MAX_BUFFERED_BYTES) return this.closeSlow();
    this.socket.send(frame);
  }

  /** Resolves true as soon as the client has taken enough, false when the socket is closed. */
  async ready(): Promise<boolean> {
    let lowest = Infinity;
    let since = performance.now();
    while (this.open) {
      const buffered = this.socket.bufferedAmount;
      if (buffered < HIGH_WATER_BYTES) return true;
      if (buffered < lowest) {
        lowest = buffered;
        since = performance.now();
      } else if (performance.now() - since > STALL_MS) {
        this.closeSlow();
        return false;
      }
      await delay(POLL_MS);
    }
    return false;
  }

  private closeSlow(): void {
    this.onSlow();
    this.socket.close(TRY_AGAIN_LATER, 'too slow; resume with your last seq');
  }
}
