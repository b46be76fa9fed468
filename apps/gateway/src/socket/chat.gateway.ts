import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway } from '@nestjs/websockets';
import { CLIENT_EVENTS, FrameError } from '@hil/contracts';
import type { WebSocket } from 'ws';
import { AccessGuard } from '../access/access-guard.js';
import { Authenticator } from '../access/authenticator.js';
import { RateLimiter } from '../access/rate-limiter.js';
import { SessionFeeds } from '../feed/session-feeds.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { ChatConnection, type ChatServices, type ResumeRequest } from './chat-connection.js';

const PING_MS = 25_000;
/** How long clients get to answer the closing of their sockets when the server stops, in ms. */
const FAREWELL_MS = 1_000;

/** `/ws/chat`: keeps the open connections, their heartbeat and their farewell. */
@WebSocketGateway({ path: '/ws/chat' })
export class ChatGateway implements OnGatewayConnection, OnApplicationBootstrap, OnModuleDestroy {
  private readonly connections = new Map<WebSocket, ChatConnection>();
  private readonly services: ChatServices;
  private pings: NodeJS.Timeout | undefined;
  private stopping = false;

  constructor(
    @Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies,
    @Inject(AccessGuard) private readonly guard: AccessGuard,
    @Inject(SessionFeeds) private readonly feeds: SessionFeeds,
    @Inject(RateLimiter) limiter: RateLimiter,
    @Inject(Authenticator) authenticator: Authenticator,
  ) {
    const { storage, commands, logger: log } = deps;
    this.services = { storage, commands, feeds, limiter, authenticator, log };
  }

  onApplicationBootstrap(): void {
    this.feeds.start();
    this.pings = setInterval(() => {
      for (const connection of this.connections.values()) connection.heartbeat();
    }, PING_MS);
    this.pings.unref();
  }

  handleConnection(socket: WebSocket, request: IncomingMessage): void {
    const connection = new ChatConnection(socket, this.services);
    if (this.stopping) return connection.goAway();
    this.connections.set(socket, connection);
    this.deps.metrics?.socketOpened();
    socket.once('close', () => {
      this.connections.delete(socket);
      this.deps.metrics?.socketClosed();
    });
    void connection.open(this.guard.identify(request), resumeRequest(request.url ?? '/'));
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.pings);
    await this.feeds.stop();
    for (const connection of this.connections.values()) connection.goAway();
    const deadline = performance.now() + FAREWELL_MS;
    while (this.connections.size > 0 && performance.now() < deadline) await delay(10);
  }
}

/** What the handshake's query asks to resume: null for nothing, an error for something unreadable. */
function resumeRequest(url: string): ResumeRequest | FrameError | null {
  const query = new URL(url, 'ws://localhost').searchParams;
  const sessionId = query.get('session_id');
  if (sessionId === null || sessionId === '') return null;
  const lastSeq = query.get('last_seq') ?? '';
  const parsed = CLIENT_EVENTS.resume.safeParse({
    session_id: sessionId,
    last_seq: lastSeq === '' ? 0 : Number(lastSeq),
  });
  if (parsed.success) return parsed.data;
  return new FrameError(
    'validation_error',
    'session_id must be a UUID and last_seq a whole number',
    'resume',
    undefined,
  );
}
