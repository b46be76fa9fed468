import { doorbellSchema } from '@hil/contracts';
import type { Redis } from 'ioredis';
import type {
  CancelListener,
  DoorbellBus,
  DoorbellListener,
  Unsubscribe,
} from '../ports/doorbell-bus.port.js';
import type { MessagingLog } from '../ports/log.port.js';
import { BellListeners } from './bell-listeners.js';
import { BellSender, type BellBatch } from './bell-sender.js';
import { inTime } from './in-time.js';
import { connectRedis } from './redis.driver.js';

const PING_LIMIT_MS = 2_000;

/** Doorbells over Redis pub/sub: a channel a session, one connection to hear and one to ring. */
export class RedisDoorbellBus implements DoorbellBus {
  private readonly hearing: Redis;
  private readonly ringing: Redis;
  private readonly listeners: BellListeners;
  private readonly sender: BellSender;
  private readonly bellPrefix: string;
  private readonly cancelChannel: string;

  constructor(options: { redisUrl: string; prefix: string; logger: MessagingLog }) {
    const { redisUrl, prefix, logger } = options;
    this.bellPrefix = `${prefix}:bell:`;
    this.cancelChannel = `${prefix}:cancel`;
    this.listeners = new BellListeners(logger);
    this.sender = new BellSender((batch) => this.transmit(batch), logger);
    // Resubscribed by hand, so that listeners are rung after and not before it.
    this.hearing = connectRedis(redisUrl, logger, { autoResubscribe: false });
    // Without a queue of its own a lost connection is known at once, and the sender keeps the bells.
    this.ringing = connectRedis(redisUrl, logger, { enableOfflineQueue: false });
    this.ringing.on('ready', () => void this.sender.flush());
    this.hearing.on('message', (channel: string, message: string) => this.hear(channel, message));
    let first = true;
    this.hearing.on('ready', () => {
      const again = !first;
      first = false;
      const channels = [
        this.cancelChannel,
        ...this.listeners.followed().map((id) => this.bellPrefix + id),
      ];
      this.hearing.subscribe(...channels).then(
        () => {
          if (again) this.listeners.ringAll();
        },
        (error: unknown) => logger.warn({ err: error }, 'could not follow the doorbells yet'),
      );
    });
  }

  ring(sessionId: string, seq: number): Promise<void> {
    return this.sender.ring(sessionId, seq);
  }

  requestCancel(runId: string): Promise<void> {
    return this.sender.cancel(runId);
  }

  async subscribe(sessionId: string, listener: DoorbellListener): Promise<Unsubscribe> {
    this.listeners.add(sessionId, listener);
    // Also for a later listener of the same session: its answer says the first one's is in force.
    await this.hearing.subscribe(this.bellPrefix + sessionId);
    return async () => {
      if (!this.listeners.remove(sessionId, listener)) return;
      if (this.hearing.status === 'ready') {
        await this.hearing.unsubscribe(this.bellPrefix + sessionId).catch(() => undefined);
      }
    };
  }

  async onCancel(listener: CancelListener): Promise<Unsubscribe> {
    this.listeners.addCancel(listener);
    await this.hearing.subscribe(this.cancelChannel);
    return () => {
      this.listeners.removeCancel(listener);
      return Promise.resolve();
    };
  }

  async ping(): Promise<void> {
    const asked = this.settled().then(() => this.ringing.ping());
    await inTime(asked, PING_LIMIT_MS, 'The doorbell (Redis)');
  }

  close(): Promise<void> {
    this.hearing.disconnect();
    this.ringing.disconnect();
    return Promise.resolve();
  }

  private async transmit({ bells, cancels }: BellBatch): Promise<void> {
    await this.settled();
    const pipeline = this.ringing.pipeline();
    for (const bell of bells) pipeline.publish(this.bellPrefix + bell.sessionId, String(bell.seq));
    for (const runId of cancels) pipeline.publish(this.cancelChannel, runId);
    const results = await pipeline.exec();
    const failure = results?.find(([error]) => error !== null)?.[0];
    if (failure !== undefined && failure !== null) throw failure;
  }

  /** Waits while a connection is being made; without one, commands are to fail at once. */
  private async settled(): Promise<void> {
    if (this.ringing.status !== 'connecting' && this.ringing.status !== 'connect') return;
    await new Promise<void>((done) => {
      this.ringing.once('ready', done);
      this.ringing.once('close', done);
    });
  }

  private hear(channel: string, message: string): void {
    if (channel === this.cancelChannel) return this.listeners.cancel(message);
    const bell = doorbellSchema.safeParse({
      sessionId: channel.slice(this.bellPrefix.length),
      seq: Number(message),
    });
    if (bell.success) this.listeners.ring(bell.data.sessionId, bell.data.seq);
  }
}
