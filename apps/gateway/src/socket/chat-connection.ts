import {
  type AgentUpdate,
  type ClientEvent,
  FrameError,
  HilError,
  parseClientFrame,
} from '@hil/contracts';
import { type Actor, type RunCommands, type RunStorage, requireVisible } from '@hil/workflow';
import type { RawData, WebSocket } from 'ws';
import { missingIdentity } from '../access/access-guard.js';
import type { Authenticator } from '../access/authenticator.js';
import type { RateLimiter } from '../access/rate-limiter.js';
import type { FeedSink } from '../feed/feed-cursor.js';
import type { SessionFeeds } from '../feed/session-feeds.js';
import { frameOf } from '../feed/update-frame.js';
import type { GatewayLog } from '../gateway-dependencies.js';
import { ClientAnswers } from './client-answers.js';
import { COMMAND_HANDLERS, type CommandName } from './client-event.handlers.js';
import { FrameQueue } from './frame-queue.js';
import { SocketWriter } from './socket-writer.js';

const AUTHENTICATE_WITHIN_MS = 5_000;

/** Close codes: of RFC 6455 and its registry, and one of ours for a missing identity. */
const CLOSE = {
  goingAway: 1001,
  policy: 1008,
  unauthenticated: 4401,
} as const;

/** What a connection works with; shared by all of them. */
export interface ChatServices {
  storage: RunStorage;
  commands: RunCommands;
  feeds: SessionFeeds;
  limiter: RateLimiter;
  authenticator: Authenticator;
  log: GatewayLog;
}

/** What the address of the handshake asked for. */
export interface ResumeRequest {
  session_id: string;
  last_seq: number;
}

/**
 * One client on one socket. Its frames are worked on one after the other; each gets an `ack` (if it has an id) or an `error`, never silence.
 */
export class ChatConnection implements FeedSink {
  private readonly writer: SocketWriter;
  private actor: Actor | null = null;
  private readonly answers: ClientAnswers;
  private readonly frames: FrameQueue;
  private missedPongs = 0;
  private authenticateTimer: NodeJS.Timeout | undefined;
  private resumeAfterAuthentication: ResumeRequest | FrameError | null = null;

  constructor(
    private readonly socket: WebSocket,
    private readonly services: ChatServices,
  ) {
    this.writer = new SocketWriter(socket, () =>
      services.log.info({ user: this.actor?.id }, 'a client was too slow and was closed'),
    );
    this.answers = new ClientAnswers(this.writer, services.log);
    this.frames = new FrameQueue(socket, (data, binary) => this.answer(data, binary));
    socket.on('message', (data, binary) => this.receive(data, binary));
    socket.on('pong', () => (this.missedPongs = 0));
    socket.on('error', (error) => services.log.info({ err: error }, 'a socket failed'));
    socket.on('too-large', () => this.answers.refuseTooLarge());
    socket.once('close', () => this.closed());
  }

  /** Greets the client, then reads its frames. */
  open(actor: Actor | null, resume: ResumeRequest | FrameError | null): Promise<void> {
    return this.frames.after(async () => {
      if (actor === null) this.awaitIdentity(resume);
      else await this.admit(actor, resume);
    });
  }

  private awaitIdentity(resume: ResumeRequest | FrameError | null): void {
    this.resumeAfterAuthentication = resume;
    this.authenticateTimer = setTimeout(
      () => this.closeUnauthenticated(missingIdentity()),
      AUTHENTICATE_WITHIN_MS,
    );
    this.answers.identityWanted(AUTHENTICATE_WITHIN_MS);
  }

  /** Asks the client for a sign of life; ends the connection after two that did not come. */
  heartbeat(): void {
    if (this.missedPongs >= 2) return this.socket.terminate();
    this.missedPongs += 1;
    if (this.writer.open) this.socket.ping();
  }

  /** The server is going away. */
  goAway(): void {
    this.answers.shuttingDown();
    this.socket.close(CLOSE.goingAway, 'server shutdown');
  }

  update(update: AgentUpdate): void {
    this.writer.sendFrame(frameOf(update));
  }

  resyncRequired(sessionId: string): void {
    this.answers.resyncRequired(sessionId);
  }

  get writable(): boolean {
    return this.writer.writable;
  }

  ready(): Promise<boolean> {
    return this.writer.ready();
  }

  private receive(data: RawData, binary: boolean): void {
    this.missedPongs = 0;
    this.frames.add(data, binary);
  }

  /** Never rejects. */
  private async answer(data: RawData, binary: boolean): Promise<void> {
    if (!this.writer.open) return;
    const limited = this.rateLimited();
    let event: ClientEvent;
    try {
      if (binary) throw new HilError('validation_error', 'send text frames');
      event = parseClientFrame(data.toString());
    } catch (error) {
      const frame = error instanceof FrameError ? error : null;
      return this.answers.refuse(frame?.event ?? 'message', frame?.id, limited ?? error);
    }
    const sessionId = 'session_id' in event.data ? event.data.session_id : undefined;
    try {
      if (limited !== null) throw limited;
      await this.obey(event);
    } catch (error) {
      this.answers.refuse(event.event, event.data.id, error, sessionId);
    }
  }

  /** Bad frames count too. */
  private rateLimited(): HilError | null {
    if (this.actor === null) return null;
    try {
      this.services.limiter.requireMessage(this.actor.id);
      return null;
    } catch (error) {
      return HilError.from(error);
    }
  }

  private async obey(event: ClientEvent): Promise<void> {
    if (event.event === 'authenticate') return this.authenticate(event.data);
    const actor = this.actor;
    if (actor === null) return this.closeUnauthenticated(missingIdentity(), event.data.id);
    switch (event.event) {
      case 'chat_message':
        return this.chat(actor, event.data);
      case 'resume':
        return this.resume(actor, event.data);
      default:
        return this.command(actor, event);
    }
  }

  private async command(
    actor: Actor,
    event: Extract<ClientEvent, { event: CommandName }>,
  ): Promise<void> {
    const handler = COMMAND_HANDLERS[event.event] as (
      commands: RunCommands,
      actor: Actor,
      data: (typeof event)['data'],
    ) => ReturnType<RunCommands['decide']>;
    const { session_id, run_id } = await handler(this.services.commands, actor, event.data);
    this.answers.acknowledge(event.data.id, { session_id, run_id });
  }

  private async chat(
    actor: Actor,
    data: Extract<ClientEvent, { event: 'chat_message' }>['data'],
  ): Promise<void> {
    const { storage, commands, feeds } = this.services;
    const before = data.session_id === undefined ? null : await storage.session(data.session_id);
    const { session_id, run_id } = await commands.chat(actor, data);
    this.answers.acknowledge(data.id, { session_id, run_id });
    if (feeds.follows(this, session_id)) return;
    // Of a session that was there before, the past is for those who resume it.
    this.follow(session_id, before?.lastSeq ?? 0);
  }

  private async resume(
    actor: Actor,
    request: ResumeRequest & { id?: string | undefined },
  ): Promise<void> {
    const session = await this.services.storage.session(request.session_id);
    try {
      requireVisible(actor, session?.userId);
    } catch (error) {
      this.answers.sessionUnknown(request.session_id);
      throw error;
    }
    this.answers.acknowledge(request.id, { session_id: request.session_id });
    const ahead = request.last_seq > (session?.lastSeq ?? 0);
    this.follow(request.session_id, request.last_seq, ahead);
  }

  /** A socket that closed while its command was at work follows nothing any more. */
  private follow(sessionId: string, after: number, ahead = false): void {
    if (!this.writer.open) return;
    this.services.feeds.follow(this, sessionId, after, ahead);
  }

  private async authenticate(data: { token: string; id?: string | undefined }): Promise<void> {
    let actor: Actor;
    try {
      actor = this.services.authenticator.fromToken(data.token);
    } catch (error) {
      if (this.actor !== null) throw error;
      return this.closeUnauthenticated(HilError.from(error), data.id);
    }
    if (this.actor !== null && this.actor.id !== actor.id) {
      throw new HilError('forbidden', `this socket belongs to ${this.actor.id}; open another one`);
    }
    this.answers.acknowledge(data.id, {});
    if (this.actor === null) await this.admit(actor, this.resumeAfterAuthentication);
  }

  private async admit(actor: Actor, resume: ResumeRequest | FrameError | null): Promise<void> {
    clearTimeout(this.authenticateTimer);
    if (!this.services.limiter.openConnection(actor.id)) {
      this.answers.refuse(
        'message',
        undefined,
        new HilError('rate_limited', `${actor.id} has as many open sockets as allowed; close one`),
      );
      return this.socket.close(CLOSE.policy, 'too many connections');
    }
    this.actor = actor;
    if (this.socket.readyState > this.socket.OPEN) return this.closed();
    try {
      if (resume instanceof FrameError) throw resume;
      if (resume !== null) {
        const session = await this.services.storage.session(resume.session_id);
        if (session !== null) requireVisible(actor, session.userId);
        if (session !== null) this.answers.connected(resume.session_id);
        return await this.resume(actor, resume);
      }
      this.answers.connected(null);
    } catch (error) {
      this.answers.refuse(
        'resume',
        undefined,
        error,
        resume instanceof FrameError ? undefined : resume?.session_id,
      );
    }
  }

  private closeUnauthenticated(error: HilError, id?: string): void {
    this.answers.refuse('authenticate', id, error);
    this.socket.close(CLOSE.unauthenticated, 'unauthenticated');
  }

  private closed(): void {
    clearTimeout(this.authenticateTimer);
    this.frames.clear();
    void this.services.feeds.unfollow(this);
    if (this.actor !== null) this.services.limiter.closeConnection(this.actor.id);
    this.actor = null;
  }
}
