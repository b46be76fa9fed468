import type { AddressInfo } from 'node:net';
import { json } from 'express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { HilError, MAX_FRAME_BYTES } from '@hil/contracts';
import { AccessGuard } from './access/access-guard.js';
import {
  identityMiddleware,
  originMiddleware,
  securityHeaders,
} from './access/access.middleware.js';
import { BULL_BOARD_PATH, bullBoard } from './admin/bull-board.js';
import { GATEWAY_DEPENDENCIES, type GatewayDependencies } from './gateway-dependencies.js';
import type { RawRequest } from './rest/webhooks.controller.js';
import { ChatAdapter } from './socket/chat.adapter.js';

/**
 * Prepares an app that imports `GatewayModule`: the socket adapter, and what every request passes
 * before it reaches a route. Create the app with `bodyParser: false`; bodies are JSON and bounded
 * like frames.
 */
export function configureGateway(app: NestExpressApplication): void {
  const guard = app.get(AccessGuard, { strict: false });
  const deps = app.get<GatewayDependencies>(GATEWAY_DEPENDENCIES, { strict: false });
  app.useWebSocketAdapter(new ChatAdapter(app, guard));
  app.disable('x-powered-by');
  app.use(securityHeaders, originMiddleware(guard), identityMiddleware(guard));
  app.use(BULL_BOARD_PATH, bullBoard(deps.queue));
  app.use(
    '/api/webhooks',
    json({
      limit: MAX_FRAME_BYTES,
      verify: (request: RawRequest, _response, body) => {
        request.rawBody = body;
      },
    }),
  );
  app.useBodyParser('json', { limit: MAX_FRAME_BYTES });
}

/**
 * Listens; port 0 takes a free one. Answers where.
 * @throws HilError service_unavailable when the port is taken or may not be used
 */
export async function startGateway(
  app: NestExpressApplication,
  { port, host }: { port: number; host: string },
): Promise<{ port: number; url: string }> {
  try {
    await app.listen(port, host);
  } catch (error) {
    throw new HilError('service_unavailable', listenFailure(error, port, host), { cause: error });
  }
  const address = app.getHttpServer().address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { port: address.port, url: `http://${name}:${address.port}` };
}

function listenFailure(error: unknown, port: number, host: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is taken: stop what listens there, or set PORT to another one`;
    case 'EACCES':
      return `port ${port} may not be used by this account: set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine: correct HOST`;
    default:
      return `can't listen on port ${port} of ${host}: ${String(error)}`;
  }
}
