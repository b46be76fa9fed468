import type { RawData, WebSocket } from 'ws';

/** Frames that may wait for their turn before the socket is no longer read. */
const MAX_WAITING_FRAMES = 64;

/** The frames of one socket, worked on one after the other, so an answer never overtakes the one before. */
export class FrameQueue {
  private readonly waiting: { data: RawData; binary: boolean }[] = [];
  private working = false;

  /** @param answer works on one frame; never rejects */
  constructor(
    private readonly socket: WebSocket,
    private readonly answer: (data: RawData, binary: boolean) => Promise<void>,
  ) {}

  add(data: RawData, binary: boolean): void {
    this.waiting.push({ data, binary });
    if (this.waiting.length >= MAX_WAITING_FRAMES) this.socket.pause();
    if (!this.working) void this.work();
  }

  /** Frames that come while `first` is done wait for its end. */
  async after(first: () => Promise<void>): Promise<void> {
    this.working = true;
    await first();
    await this.work();
  }

  clear(): void {
    this.waiting.length = 0;
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let frame = this.waiting.shift(); frame !== undefined; frame = this.waiting.shift()) {
      await this.answer(frame.data, frame.binary);
      if (this.socket.isPaused) this.socket.resume();
    }
    this.working = false;
  }
}
