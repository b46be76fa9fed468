import { isLoopback } from '@hil/config';

/** What the operator allows. */
export interface OriginRules {
  /** Listed origins besides the own one, as `scheme://host[:port]`; `*` is any. */
  origins: readonly string[];
  /** True when the server is for this machine only: then a Host that is no loopback name is refused. */
  loopback: boolean;
}

/** The parts of a request that tell which web page, if any, sent it. */
export interface RequestSource {
  method: string;
  /** `http` or `https`, as the browser saw it. */
  scheme: string;
  host: string | undefined;
  origin: string | undefined;
  fetchSite: string | undefined;
  fetchMode: string | undefined;
  fetchDest: string | undefined;
}

/** `cors` is the listed origin that may read the answer, or null. */
export type OriginVerdict =
  { allowed: true; cors: string | null } | { allowed: false; why: string };

/**
 * Decides whether a request may come in, before anybody asks who sent it. A page elsewhere shows
 * itself by its Origin or by Sec-Fetch-Site; one that was rebound by DNS to this address, by its
 * Host. Clients that are not browsers send neither and pass. Following a link to this server
 * (a top-level GET) is allowed, since the page with the link can't read the answer.
 */
export function judgeOrigin(source: RequestSource, rules: OriginRules): OriginVerdict {
  if (rules.loopback && !isLoopbackHost(source.host)) {
    return {
      allowed: false,
      why: `this server answers to localhost only, not to "${shown(source.host)}"`,
    };
  }
  if (source.origin !== undefined) {
    const origin = normalOrigin(source.origin);
    if (origin !== null && origin === ownOrigin(source)) return { allowed: true, cors: null };
    if (isListed(origin ?? source.origin, rules)) return { allowed: true, cors: source.origin };
    return {
      allowed: false,
      why: `a page of "${shown(source.origin)}" may not use this server; list it in WEBSOCKET_CORS_ORIGINS to allow it`,
    };
  }
  const foreign = source.fetchSite === 'cross-site' || source.fetchSite === 'same-site';
  if (foreign && !isNavigation(source)) {
    return { allowed: false, why: 'a page of another site may not use this server' };
  }
  return { allowed: true, cors: null };
}

function isNavigation({ method, fetchMode, fetchDest }: RequestSource): boolean {
  return method === 'GET' && fetchMode === 'navigate' && fetchDest === 'document';
}

function ownOrigin({ scheme, host }: RequestSource): string | null {
  return host === undefined ? null : normalOrigin(`${scheme}://${host}`);
}

function isListed(origin: string, { origins }: OriginRules): boolean {
  return origins.some((listed) => listed === '*' || (normalOrigin(listed) ?? listed) === origin);
}

/** Lower case, without the default port; null for what is not an origin of the web, such as `null`. */
function normalOrigin(origin: string): string | null {
  if (!URL.canParse(origin)) return null;
  const url = new URL(origin);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : null;
}

function isLoopbackHost(host: string | undefined): boolean {
  const name = /^(\[[0-9a-f:]+\]|[^:]+)(:\d+)?$/i.exec(host ?? '')?.[1];
  return name !== undefined && isLoopback(name);
}

function shown(value: string | undefined): string {
  return (value ?? '').slice(0, 128);
}
