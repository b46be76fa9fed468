import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { CLIENT_EVENTS, HilError } from '@hil/contracts';
import { type Actor, type SessionView, may, requireVisible } from '@hil/workflow';
import { RateLimiter } from '../access/rate-limiter.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { CurrentActor, read, uuid, wholeNumber } from './request-values.js';
import { runView, sessionView } from './views.js';

/** Runs that a session is shown with. */
const MAX_RUNS = 50;

const cancelBody = CLIENT_EVENTS.cancel_request.omit({ session_id: true });

/** Sessions and their logs, for clients without a socket. */
@Controller('api/sessions')
export class SessionsController {
  constructor(
    @Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies,
    @Inject(RateLimiter) private readonly limiter: RateLimiter,
  ) {}

  /** The actor's sessions, or everybody's for who may read all; the latest first. */
  @Get()
  async list(@CurrentActor() actor: Actor, @Query('limit') limit?: string) {
    const owner = may(actor, 'read_all') ? null : actor.id;
    const count = wholeNumber('limit', limit, { fallback: 50, max: 500 });
    const sessions = await this.deps.storage.sessions(owner, count);
    return sessions.map(sessionView);
  }

  /** The same as the event `chat_message`. */
  @Post()
  async chat(@CurrentActor() actor: Actor, @Body() body: unknown) {
    this.limiter.requireMessage(actor.id);
    return this.deps.commands.chat(actor, read(CLIENT_EVENTS.chat_message, body ?? {}));
  }

  /** A session with its runs, the latest first. */
  @Get(':id')
  async show(@CurrentActor() actor: Actor, @Param('id') id: string) {
    const session = await this.visible(actor, id);
    const runs = await this.deps.storage.runs(session.id, MAX_RUNS);
    return { ...sessionView(session), runs: runs.map((run) => runView(run, null)) };
  }

  /**
   * The log after a seq.
   * @throws HilError resync_required when the log no longer reaches back to it
   */
  @Get(':id/events')
  async events(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query('after') after?: string,
    @Query('limit') limit?: string,
  ) {
    const session = await this.visible(actor, id);
    const position = wholeNumber('after', after, { fallback: 0, max: Number.MAX_SAFE_INTEGER });
    if (position < session.droppedSeq || position > session.lastSeq) {
      throw new HilError('resync_required', 'the log does not reach that seq', {
        details: { dropped_seq: session.droppedSeq, last_seq: session.lastSeq },
      });
    }
    const count = wholeNumber('limit', limit, { fallback: 500, max: 1_000 });
    const events = await this.deps.storage.events(session.id, position, count);
    return { session_id: session.id, last_seq: session.lastSeq, events };
  }

  /** The same as the event `cancel_request`. */
  @Post(':id/cancel')
  @HttpCode(200)
  async cancel(@CurrentActor() actor: Actor, @Param('id') id: string, @Body() body: unknown) {
    this.limiter.requireMessage(actor.id);
    const sessionId = uuid(id, unknownSession());
    return this.deps.commands.cancel(actor, {
      ...read(cancelBody, body ?? {}),
      session_id: sessionId,
    });
  }

  private async visible(actor: Actor, id: string): Promise<SessionView> {
    const session = await this.deps.storage.session(uuid(id, unknownSession()));
    requireVisible(actor, session?.userId);
    if (session === null) throw unknownSession();
    return session;
  }
}

function unknownSession(): HilError {
  return new HilError('session_unknown', 'there is no such session');
}
