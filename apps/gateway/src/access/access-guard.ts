import type { IncomingMessage } from 'node:http';
import { HilError } from '@hil/contracts';
import type { Config } from '@hil/config';
import type { Actor } from '@hil/workflow';
import type { Authenticator } from './authenticator.js';
import { judgeOrigin, type RequestSource } from './origin-policy.js';

/** The identity of each request that has one; requests are keys, so nothing has to be cleaned up. */
const actors = new WeakMap<IncomingMessage, Actor>();

/**
 * Checks every request, HTTP and WebSocket alike: first where it comes from, then who sends it.
 */
export class AccessGuard {
  constructor(
    private readonly config: Pick<Config, 'http' | 'websocket'>,
    private readonly authenticator: Authenticator,
  ) {}

  /**
   * Answers the listed origin that may read the answer, or null.
   * @throws HilError origin_refused
   */
  checkOrigin(request: IncomingMessage): string | null {
    const verdict = judgeOrigin(sourceOf(request), {
      origins: this.config.websocket.origins,
      loopback: this.config.http.loopback,
    });
    if (!verdict.allowed) throw new HilError('origin_refused', verdict.why);
    return verdict.cors;
  }

  /**
   * Establishes who sends the request, if its headers tell, and keeps it for {@link actorOf}.
   * @throws HilError unauthenticated for a wrong key; showing none is not an error yet
   */
  identify(request: IncomingMessage, options: { basic?: boolean } = {}): Actor | null {
    const actor = this.authenticator.fromHeaders(request.headers, options);
    if (actor !== null) actors.set(request, actor);
    return actor;
  }
}

/**
 * Who sent this request.
 * @throws HilError unauthenticated when nobody said
 */
export function actorOf(request: IncomingMessage): Actor {
  const actor = actors.get(request);
  if (actor === undefined) throw missingIdentity();
  return actor;
}

export function missingIdentity(): HilError {
  return new HilError(
    'unauthenticated',
    'this server wants an API key: send "Authorization: Bearer KEY" or "X-API-Key: KEY"',
  );
}

function sourceOf(request: IncomingMessage): RequestSource {
  const { headers } = request;
  return {
    method: request.method ?? 'GET',
    scheme: schemeOf(request),
    host: headers.host,
    origin: headers.origin,
    fetchSite: one(headers['sec-fetch-site']),
    fetchMode: one(headers['sec-fetch-mode']),
    fetchDest: one(headers['sec-fetch-dest']),
  };
}

/** Behind a proxy that ends TLS, the proxy says what the browser saw. A page can't set this header. */
function schemeOf(request: IncomingMessage): string {
  const forwarded = one(request.headers['x-forwarded-proto'])?.split(',')[0]?.trim();
  if (forwarded === 'https' || forwarded === 'http') return forwarded;
  return 'encrypted' in request.socket ? 'https' : 'http';
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
