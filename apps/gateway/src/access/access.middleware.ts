import { HilError } from '@hil/contracts';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { BULL_BOARD_PATH } from '../admin/bull-board.js';
import { errorEnvelope } from '../rest/envelope.js';
import { type AccessGuard, missingIdentity } from './access-guard.js';

/** Routes that tell nothing about anybody's work. */
const PUBLIC = new Set([
  '/',
  '/health',
  '/ws/status',
  '/openapi.json',
  '/asyncapi.json',
  '/api/record-key',
  // Signed instead.
  '/api/webhooks/github',
  '/api/webhooks/gitlab',
]);

/** Nothing is loaded from elsewhere, framed, or guessed. Bull Board needs scripts and styles of its own. */
export const securityHeaders: RequestHandler = (request, response, next) => {
  const board = isBoard(request.path);
  response.setHeader(
    'Content-Security-Policy',
    board
      ? "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
      : "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Vary', 'Origin');
  next();
};

/** Refuses pages elsewhere; for listed ones it answers the CORS preflight. */
export function originMiddleware(guard: AccessGuard): RequestHandler {
  return refusing((request, response, next) => {
    const origin = guard.checkOrigin(request);
    if (origin === null) return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', 'Content-Disposition');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, X-API-Key');
    response.setHeader('Access-Control-Max-Age', '600');
    response.status(204).end();
  });
}

/** Asks for an identity everywhere but on public routes, and for an administrator at Bull Board. */
export function identityMiddleware(guard: AccessGuard): RequestHandler {
  return refusing((request, response, next) => {
    if (PUBLIC.has(request.path)) return next();
    const board = isBoard(request.path);
    // A browser shows its password box, so that the board can be opened without a header.
    response.setHeader('WWW-Authenticate', board ? 'Basic realm="hil"' : 'Bearer realm="hil"');
    const actor = guard.identify(request, { basic: board });
    if (actor === null) throw missingIdentity();
    response.removeHeader('WWW-Authenticate');
    if (board && actor.role !== 'admin') {
      throw new HilError('forbidden', `${actor.id} has the role ${actor.role}; this needs admin`);
    }
    next();
  });
}

function isBoard(path: string): boolean {
  // Express matches paths without regard to case.
  const lower = path.toLowerCase();
  return lower === BULL_BOARD_PATH || lower.startsWith(`${BULL_BOARD_PATH}/`);
}

function refusing(
  handle: (request: Request, response: Response, next: NextFunction) => void,
): RequestHandler {
  return (request, response, next) => {
    try {
      handle(request, response, next);
    } catch (error) {
      const refusal = HilError.from(error);
      response.status(refusal.status).json(errorEnvelope(refusal));
    }
  };
}
