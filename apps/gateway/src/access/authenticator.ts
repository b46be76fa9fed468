import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '@hil/config';
import { HilError } from '@hil/contracts';
import type { Actor } from '@hil/workflow';

const LOCAL: Actor = { id: 'local', role: 'admin' };

/** Establishes who sends a request: by AUTH_MODE, from a header or a token. */
export class Authenticator {
  private readonly keys: { digest: Buffer; actor: Actor }[];

  constructor(private readonly auth: Config['auth']) {
    this.keys = auth.apiKeys.map(({ name, role, secret }) => ({
      digest: digestOf(secret),
      actor: { id: name, role },
    }));
  }

  /** False when everybody who reaches this server is its one local user. */
  get required(): boolean {
    return this.auth.mode !== 'none';
  }

  /**
   * Who the headers name: `Authorization: Bearer KEY` or `X-API-Key: KEY`. Null when they show nothing.
   * @param options.basic also take the password of HTTP Basic, the one way a browser can ask for a key
   * @throws HilError unauthenticated when they show a wrong key
   */
  fromHeaders(headers: IncomingHttpHeaders, options: { basic?: boolean } = {}): Actor | null {
    if (!this.required) return LOCAL;
    const token = tokenOf(headers, options.basic ?? false);
    return token === null ? null : this.fromToken(token);
  }

  /** @throws HilError unauthenticated */
  fromToken(token: string): Actor {
    if (!this.required) return LOCAL;
    const digest = digestOf(token);
    let found: Actor | undefined;
    // All keys are compared, always, so that the time tells nothing about them.
    for (const key of this.keys) if (timingSafeEqual(key.digest, digest)) found = key.actor;
    if (found === undefined) throw new HilError('unauthenticated', 'that key is not known here');
    return found;
  }
}

function tokenOf(headers: IncomingHttpHeaders, basic: boolean): string | null {
  const apiKey = headers['x-api-key'];
  if (typeof apiKey === 'string') return apiKey;
  const [, scheme = '', value = ''] = /^(\S+)\s+(.*)$/.exec(headers.authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return value.trim();
  if (basic && scheme.toLowerCase() === 'basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    return pair.slice(pair.indexOf(':') + 1);
  }
  return null;
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
