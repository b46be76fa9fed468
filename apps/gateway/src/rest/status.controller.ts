import { setTimeout as delay } from 'node:timers/promises';
import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { WORKER_APPS, type WorkerApp } from '@hil/contracts';
import type { Response } from 'express';
import { SessionFeeds } from '../feed/session-feeds.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from '../gateway-dependencies.js';
import { NotFoundError } from './not-found.error.js';
import { Raw } from './raw.decorator.js';

/** A part that does not answer within this time counts as down, in ms. */
const PATIENCE_MS = 2_500;

type Condition = 'ok' | 'down';

/** How the server is: for people, load balancers and Prometheus. */
@Controller()
export class StatusController {
  constructor(
    @Inject(GATEWAY_DEPENDENCIES) private readonly deps: GatewayDependencies,
    @Inject(SessionFeeds) private readonly feeds: SessionFeeds,
  ) {}

  /** 200 while runs can be served; 503 when the database or the queue is down. */
  @Get('health')
  @Raw()
  @Header('Cache-Control', 'no-store')
  async health(@Res({ passthrough: true }) response: Response) {
    const { storage, queue, version } = this.deps;
    const [database, transport, ...consumers] = await Promise.all([
      condition(storage.ping()),
      condition(queue.ping()),
      ...WORKER_APPS.map((app) => condition(requireTrue(queue.hasConsumers(app)))),
    ]);
    const workers = Object.fromEntries(
      WORKER_APPS.map((app, index) => [app, consumers[index] ?? 'down']),
    ) as Record<WorkerApp, Condition>;
    const data = { version, checks: { database, queue: transport, workers } };
    const down = [
      ...(database === 'down' ? ['database'] : []),
      ...(transport === 'down' ? ['queue'] : []),
    ];
    if (down.length > 0) {
      const message = `down: ${down.join(' and ')}`;
      response.status(503);
      return {
        status: 'error',
        code: 'service_unavailable',
        message,
        data: { status: 'down', ...data },
      };
    }
    const absent = WORKER_APPS.filter((app) => workers[app] === 'down');
    const message =
      absent.length === 0 ? 'all parts are well' : `runs wait: no worker for ${absent.join(', ')}`;
    return { status: 'success', data: { status: 'ok', ...data }, message };
  }

  @Get('ws/status')
  @Raw()
  socketStatus() {
    return {
      websocket_enabled: true,
      active_sessions: this.feeds.sessionCount,
      timestamp: new Date().toISOString(),
    };
  }

  /** How many jobs wait, run, failed and are done, by worker app. */
  @Get('api/jobs')
  async jobs() {
    return this.deps.queue.counts();
  }

  @Get('metrics')
  @Raw()
  async metrics(@Res() response: Response): Promise<void> {
    const { metrics } = this.deps;
    if (metrics === undefined) throw new NotFoundError('this server keeps no metrics');
    response.setHeader('Content-Type', metrics.contentType);
    response.end(await metrics.text());
  }
}

async function condition(check: Promise<unknown>): Promise<Condition> {
  const timer = new AbortController();
  const late = delay(PATIENCE_MS, 'down' as const, { signal: timer.signal, ref: false });
  late.catch(() => undefined);
  try {
    return await Promise.race([
      check.then(
        () => 'ok' as const,
        () => 'down' as const,
      ),
      late,
    ]);
  } finally {
    timer.abort();
  }
}

async function requireTrue(answer: Promise<boolean>): Promise<void> {
  if (!(await answer)) throw new Error('no');
}
