import type { DoorbellBus, Unsubscribe } from '@hil/messaging';
import type { RunStorage } from '@hil/workflow';
import type { GatewayLog } from '../gateway-dependencies.js';
import { FeedCursor, type FeedSink } from './feed-cursor.js';
import { SessionLog } from './session-log.js';
import { snapshotOf } from './snapshot.js';
import { Turns } from './turns.js';

/** How often the store is asked whether a doorbell was lost, in ms. */
const POLL_MS = 2_000;

interface Topic {
  log: SessionLog;
  cursors: Map<FeedSink, FeedCursor>;
  /** Undefined while no subscription is in force. */
  subscription: Promise<Unsubscribe> | undefined;
}

/**
 * Who follows which session. A session has one doorbell subscription and one reader of its log,
 * however many sockets follow it; a socket may follow several. A slow poll covers bells that were lost, and a bus that is down.
 */
export class SessionFeeds {
  private readonly topics = new Map<string, Topic>();
  private readonly turns = new Turns();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;

  constructor(
    private readonly storage: RunStorage,
    private readonly bus: DoorbellBus,
    private readonly log: GatewayLog,
    private readonly pollMs = POLL_MS,
  ) {}

  /** How many sessions somebody follows. */
  get sessionCount(): number {
    return this.topics.size;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.poll(), this.pollMs);
    this.timer.unref();
  }

  /** Ends all feeds; nothing is sent after it resolves. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    const sinks = new Set([...this.topics.values()].flatMap((topic) => [...topic.cursors.keys()]));
    await Promise.all([...sinks].map((sink) => this.unfollow(sink)));
  }

  follows(sink: FeedSink, sessionId: string): boolean {
    return this.topics.get(sessionId)?.cursors.has(sink) ?? false;
  }

  /**
   * Sends the session's events after `after` and all that come, until {@link unfollow}. A socket
   * that follows the session already begins again there. Whether it may read the session is the
   * caller's business.
   * @param ahead true when `after` lies beyond the log, so that only a snapshot can help
   */
  follow(sink: FeedSink, sessionId: string, after: number, ahead = false): void {
    const topic = this.topics.get(sessionId) ?? this.topicOf(sessionId);
    this.topics.set(sessionId, topic);
    topic.cursors.get(sink)?.stop();
    const cursor = new FeedCursor(
      sessionId,
      after,
      {
        events: (position, limit) => topic.log.events(position, limit),
        bounds: () => this.bounds(sessionId),
        snapshot: () => snapshotOf(this.storage, sessionId),
      },
      sink,
      this.turns,
      (error) =>
        this.log.warn(
          { sessionId, err: error },
          'a feed could not read the log; it will try again',
        ),
      ahead,
    );
    topic.cursors.set(sink, cursor);
    cursor.wake();
    this.subscribe(sessionId, topic);
  }

  /** Ends everything this socket follows. */
  async unfollow(sink: FeedSink): Promise<void> {
    const left: Promise<void>[] = [];
    for (const [sessionId, topic] of this.topics) {
      topic.cursors.get(sink)?.stop();
      if (!topic.cursors.delete(sink) || topic.cursors.size > 0) continue;
      this.topics.delete(sessionId);
      if (topic.subscription !== undefined) left.push(this.unsubscribe(topic.subscription));
    }
    await Promise.all(left);
  }

  private topicOf(sessionId: string): Topic {
    const log = new SessionLog((after, limit) => this.storage.events(sessionId, after, limit));
    return { log, cursors: new Map(), subscription: undefined };
  }

  private subscribe(sessionId: string, topic: Topic): void {
    if (topic.subscription !== undefined) return;
    const subscription = this.bus.subscribe(sessionId, ({ seq }) => wakeAll(topic, seq));
    topic.subscription = subscription;
    subscription.then(
      // What was written before the subscription was in force rang for nobody.
      () => wakeAll(topic, 0),
      (error: unknown) => {
        topic.subscription = undefined;
        this.log.warn({ sessionId, err: error }, 'no doorbell; the log is polled until there is');
      },
    );
  }

  private async unsubscribe(subscription: Promise<Unsubscribe>): Promise<void> {
    try {
      await (
        await subscription
      )();
    } catch (error) {
      this.log.warn({ err: error }, 'a doorbell subscription could not be ended');
    }
  }

  private async poll(): Promise<void> {
    if (this.polling || this.topics.size === 0) return;
    this.polling = true;
    try {
      for (const [sessionId, seq] of await this.storage.lastSeqs([...this.topics.keys()])) {
        const topic = this.topics.get(sessionId);
        if (topic !== undefined) wakeAll(topic, seq);
      }
      for (const [sessionId, topic] of this.topics) {
        topic.log.rest();
        this.subscribe(sessionId, topic);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'the log could not be polled; it will be tried again');
    } finally {
      this.polling = false;
    }
  }

  private async bounds(sessionId: string): Promise<{ dropped: number; last: number }> {
    const session = await this.storage.session(sessionId);
    return { dropped: session?.droppedSeq ?? 0, last: session?.lastSeq ?? 0 };
  }
}

function wakeAll(topic: Topic, seq: number): void {
  for (const cursor of topic.cursors.values()) cursor.wake(seq);
}
