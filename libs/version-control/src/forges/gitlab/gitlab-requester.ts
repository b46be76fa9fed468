import { setTimeout as sleep } from 'node:timers/promises';
import { ForgeError, failureOf, retryAfter } from '../forge.error.js';

const REQUEST_TIMEOUT_MS = 30_000;
/** A limit that is over sooner than this is waited for when reading, in seconds. */
const MAX_WAIT_SECONDS = 60;
const MAX_READS = 3;

/** What the library asks of a request, as its own handler gets it. */
interface LibraryRequest {
  prefixUrl?: string;
  searchParams?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** What the library takes for an answer. */
interface LibraryAnswer {
  body: Record<string, unknown> | Record<string, unknown>[] | string | null;
  headers: Record<string, string>;
  status: number;
}

/**
 * The request handler given to gitbeaker in place of its own, which sends every request, creates
 * included, up to ten times after a 502. Here only reads are repeated, redirects are refused (they would
 * carry the token elsewhere), and what went wrong is a {@link ForgeError}.
 */
export function gitlabRequestHandler(signal: AbortSignal) {
  return async (endpoint: string, options: LibraryRequest = {}): Promise<LibraryAnswer> => {
    const { prefixUrl = '', searchParams = '', method = 'GET', headers = {}, body } = options;
    const url = new URL(endpoint, prefixUrl.endsWith('/') ? prefixUrl : `${prefixUrl}/`);
    url.search = searchParams;
    for (let reads = 1; ; reads += 1) {
      try {
        return await once(
          url,
          { method, headers, ...(body === undefined ? {} : { body }) },
          signal,
        );
      } catch (error) {
        const wait = error instanceof ForgeError ? waitFor(error) : undefined;
        if (method !== 'GET' || reads >= MAX_READS || wait === undefined) throw error;
        await sleep(wait * 1_000, undefined, { signal });
      }
    }
  };
}

function waitFor({ failure, retryAfterSeconds = 1 }: ForgeError): number | undefined {
  if (failure !== 'rate_limited' && failure !== 'uncertain') return undefined;
  return retryAfterSeconds <= MAX_WAIT_SECONDS ? retryAfterSeconds : undefined;
}

async function once(url: URL, init: RequestInit, signal: AbortSignal): Promise<LibraryAnswer> {
  signal.throwIfAborted();
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    text = await response.text();
  } catch (error) {
    const why =
      error instanceof Error ? (error.cause instanceof Error ? error.cause : error).message : '';
    throw new ForgeError('uncertain', `GitLab did not answer: ${why.slice(0, 200)}`);
  }
  if (!response.ok) {
    throw new ForgeError(
      failureOf(response.status),
      `GitLab answered ${response.status}: ${reasonOf(text)}`,
      {
        retryAfterSeconds: retryAfter({
          retryAfter: response.headers.get('retry-after'),
          reset: response.headers.get('ratelimit-reset'),
        }),
      },
    );
  }
  const json = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.entries()),
    body: text === '' ? null : json ? (JSON.parse(text) as Record<string, unknown>) : text,
  };
}

/** GitLab says what is wrong as a text, a list, or a list a field. */
function reasonOf(text: string): string {
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    const said = message ?? error;
    if (typeof said === 'string') return said.slice(0, 300);
    if (Array.isArray(said)) return said.join('; ').slice(0, 300);
    return JSON.stringify(said ?? {}).slice(0, 300);
  } catch {
    return text
      .replace(/<[^>]+>/g, ' ')
      .trim()
      .slice(0, 100);
  }
}
