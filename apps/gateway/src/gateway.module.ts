import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessGuard } from './access/access-guard.js';
import { Authenticator } from './access/authenticator.js';
import { RateLimiter } from './access/rate-limiter.js';
import { SessionFeeds } from './feed/session-feeds.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from './gateway-dependencies.js';
import { ApprovalsController } from './rest/approvals.controller.js';
import { DocumentsController } from './rest/documents.controller.js';
import { EnvelopeInterceptor } from './rest/envelope.interceptor.js';
import { ErrorFilter } from './rest/error.filter.js';
import { GraphController } from './rest/graph.controller.js';
import { MemoriesController } from './rest/memories.controller.js';
import { PageController } from './rest/page.controller.js';
import { RecordKeyController } from './rest/record-key.controller.js';
import { RunsController } from './rest/runs.controller.js';
import { SessionsController } from './rest/sessions.controller.js';
import { StatusController } from './rest/status.controller.js';
import { WebhooksController } from './rest/webhooks.controller.js';
import { ChatGateway } from './socket/chat.gateway.js';

/** The gateway: `/ws/chat`, REST and Bull Board over one server. */
@Module({})
export class GatewayModule {
  /** The app must be prepared by `configureGateway` before it listens. */
  static register(deps: GatewayDependencies): DynamicModule {
    const { config, storage, bus, logger } = deps;
    const authenticator = new Authenticator(config.auth);
    return {
      module: GatewayModule,
      controllers: [
        StatusController,
        SessionsController,
        RunsController,
        RecordKeyController,
        WebhooksController,
        ApprovalsController,
        GraphController,
        MemoriesController,
        DocumentsController,
        PageController,
      ],
      providers: [
        { provide: GATEWAY_DEPENDENCIES, useValue: deps },
        { provide: Authenticator, useValue: authenticator },
        { provide: AccessGuard, useValue: new AccessGuard(config, authenticator) },
        { provide: RateLimiter, useValue: new RateLimiter(config.websocket) },
        { provide: SessionFeeds, useValue: new SessionFeeds(storage, bus, logger) },
        { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
        { provide: APP_FILTER, useClass: ErrorFilter },
        ChatGateway,
      ],
    };
  }
}
