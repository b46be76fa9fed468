import { randomUUID } from 'node:crypto';
import { createMessaging, type Messaging, type MessagingOptions } from '../create-messaging.js';

/** A real server that the specs may restart. */
export interface BackendUnderTest {
  /** Which server to use; the conformance spec adds prefix and logger. */
  address: Pick<MessagingOptions, 'redisUrl' | 'databaseUrl'>;
  /** Kills the server and starts it again under the same address. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the server. */
export type StartBackend = () => Promise<BackendUnderTest>;

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens messaging as one process would; every call stands for another process. */
export class Peers {
  readonly prefix = `t${randomUUID().slice(0, 8)}`;
  private readonly opened: Messaging[] = [];

  constructor(private readonly backend: BackendUnderTest) {}

  async open(): Promise<Messaging> {
    const messaging = await createMessaging({
      ...this.backend.address,
      prefix: this.prefix,
      logger: silent,
    });
    this.opened.push(messaging);
    return messaging;
  }

  /** Closes what the test left open. */
  async closeAll(): Promise<void> {
    for (const { queue, bus } of this.opened.splice(0)) {
      await Promise.all([queue.close(), bus.close()]);
    }
  }
}

/** Waits until the condition holds; fails after `limitMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs = 10_000,
): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not true after ${limitMs} ms: ${condition.toString()}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
