import { setTimeout as sleep } from 'node:timers/promises';
import { doorbellSchema } from '@hil/contracts';
import pg from 'pg';
import { z } from 'zod';
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

const PING_LIMIT_MS = 2_000;
const MAX_BACKOFF_MS = 2_000;
/** A connection that died without a word is found by asking. */
const PROBE_MS = 20_000;

const messageSchema = z.union([z.object({ cancel: z.string() }), doorbellSchema]);

/** Doorbells over LISTEN/NOTIFY: one channel, and one connection that hears and rings. */
export class PostgresDoorbellBus implements DoorbellBus {
  private readonly listeners: BellListeners;
  private readonly sender: BellSender;
  private readonly channel: string;
  private readonly stopped = new AbortController();
  private readonly living: Promise<void>;
  private client: pg.Client | undefined;
  private connected = newGate();

  constructor(
    private readonly options: { databaseUrl: string; prefix: string; logger: MessagingLog },
  ) {
    // Not from a person's hand in SQL: LISTEN takes no parameter, so the name is quoted.
    this.channel = `${options.prefix}_doorbell`;
    this.listeners = new BellListeners(options.logger);
    this.sender = new BellSender((batch) => this.transmit(batch), options.logger);
    this.living = this.live();
  }

  ring(sessionId: string, seq: number): Promise<void> {
    return this.sender.ring(sessionId, seq);
  }

  requestCancel(runId: string): Promise<void> {
    return this.sender.cancel(runId);
  }

  async subscribe(sessionId: string, listener: DoorbellListener): Promise<Unsubscribe> {
    this.listeners.add(sessionId, listener);
    await this.connected.opened;
    return () => {
      this.listeners.remove(sessionId, listener);
      return Promise.resolve();
    };
  }

  async onCancel(listener: CancelListener): Promise<Unsubscribe> {
    this.listeners.addCancel(listener);
    await this.connected.opened;
    return () => {
      this.listeners.removeCancel(listener);
      return Promise.resolve();
    };
  }

  async ping(): Promise<void> {
    const asked = this.connected.opened.then(() => this.client?.query('SELECT 1'));
    await inTime(asked, PING_LIMIT_MS, 'The doorbell (PostgreSQL)');
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await this.living;
    this.connected.open();
  }

  /** Connects, listens, waits for the end of the connection, and again, until closed. */
  private async live(): Promise<void> {
    const { logger, databaseUrl } = this.options;
    let failures = 0;
    let first = true;
    while (!this.stopped.signal.aborted) {
      const client = new pg.Client({
        connectionString: databaseUrl,
        application_name: 'hil-doorbell',
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
      });
      const ended = new Promise<void>((done) => {
        client.once('end', done);
        this.stopped.signal.addEventListener('abort', () => done(), { once: true });
      });
      let reason: unknown;
      client.on('error', (error) => (reason = error));
      const end = (): void => void client.end().catch(() => undefined);
      this.stopped.signal.addEventListener('abort', end, { once: true });
      client.on('notification', ({ payload }) => this.hear(payload ?? ''));
      try {
        // A client that is ended while it connects never settles its connect().
        await Promise.race([client.connect(), ended]);
        this.stopped.signal.throwIfAborted();
        await client.query(`LISTEN ${client.escapeIdentifier(this.channel)}`);
        this.client = client;
        this.connected.open();
        if (!first) {
          logger.info({}, 'doorbell connected to PostgreSQL again');
          this.listeners.ringAll();
        }
        first = false;
        failures = 0;
        void this.sender.flush();
        await this.watch(client, ended);
      } catch (error) {
        reason = error;
      }
      this.stopped.signal.removeEventListener('abort', end);
      this.client = undefined;
      if (this.connected.isOpen) this.connected = newGate();
      void client.end().catch(() => undefined);
      if (this.stopped.signal.aborted) return;
      if (failures === 0) logger.warn({ err: reason }, 'doorbell lost PostgreSQL, trying again');
      const delay = Math.min(50 * 2 ** failures, MAX_BACKOFF_MS);
      failures += 1;
      await sleep(delay, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  /** Resolves when the connection ended or does not answer a probe. */
  private async watch(client: pg.Client, ended: Promise<void>): Promise<void> {
    let over = false;
    const end = ended.then(() => (over = true));
    while (!over) {
      const waiting = new AbortController();
      const pause = sleep(PROBE_MS, undefined, { signal: waiting.signal, ref: false });
      await Promise.race([end, pause.catch(() => undefined)]);
      waiting.abort();
      if (!over) await inTime(client.query('SELECT 1'), PING_LIMIT_MS, 'The doorbell (PostgreSQL)');
    }
  }

  private async transmit({ bells, cancels }: BellBatch): Promise<void> {
    const client = this.client;
    if (client === undefined) throw new Error('not connected');
    const messages = [
      ...bells.map((bell) => JSON.stringify(bell)),
      ...cancels.map((runId) => JSON.stringify({ cancel: runId })),
    ];
    await client.query('SELECT pg_notify($1, message) FROM unnest($2::text[]) AS message', [
      this.channel,
      messages,
    ]);
  }

  private hear(payload: string): void {
    const message = messageSchema.safeParse(parseJson(payload));
    if (!message.success) return;
    if ('cancel' in message.data) this.listeners.cancel(message.data.cancel);
    else this.listeners.ring(message.data.sessionId, message.data.seq);
  }
}

interface Gate {
  opened: Promise<void>;
  isOpen: boolean;
  open(): void;
}

/** A promise that somebody else resolves. */
function newGate(): Gate {
  let resolve = (): void => undefined;
  const opened = new Promise<void>((done) => {
    resolve = done;
  });
  const gate: Gate = {
    opened,
    isOpen: false,
    open: () => {
      gate.isOpen = true;
      resolve();
    },
  };
  return gate;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
