import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { ForgeError, failureOf, retryAfter } from '../forge.error.js';

/** How to reach a GitHub, and as whom. */
export interface GitHubAccess {
  /** REST root, such as https://api.github.com. */
  apiUrl: string;
  credentials:
    { kind: 'token'; token: string } | { kind: 'app'; appId: number; privateKey: string };
  /** Told of each token that an App is given. */
  onToken?: ((token: string) => void) | undefined;
}

/** A limit that is over sooner than this is waited for, in seconds; a longer one is told to the person. */
const MAX_WAIT_SECONDS = 60;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_LIMIT_RETRIES = 2;

/**
 * An Octokit that throttles as GitHub asks for and waits for short rate limits when reading. A request
 * that changes something is never sent twice: a limited one fails and the caller looks first.
 * The library is loaded when a repository is on GitHub, not before.
 */
export async function createGitHubClient(access: GitHubAccess): Promise<Octokit> {
  const [{ Octokit: Base }, { throttling }] = await Promise.all([
    import('@octokit/rest'),
    import('@octokit/plugin-throttling'),
  ]);
  const again = (seconds: number, options: object, _: unknown, retries: number): boolean =>
    'method' in options &&
    options.method === 'GET' &&
    seconds <= MAX_WAIT_SECONDS &&
    retries < MAX_LIMIT_RETRIES;
  const onGitHubCom = new URL(access.apiUrl).host === 'api.github.com';
  return new (Base.plugin(throttling))({
    baseUrl: access.apiUrl,
    userAgent: 'hil',
    // Its own log would print request options.
    log: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
    request: { redirect: 'error' },
    throttle: {
      // One queue a token in this process: writes 1 s apart, those that notify people 3 s.
      id: onGitHubCom ? idOf(access) : `${idOf(access)}-${Math.random()}`,
      // GitHub Enterprise has these secondary limits switched off.
      ...(onGitHubCom ? {} : { triggersNotification: () => false }),
      onRateLimit: again,
      onSecondaryRateLimit: again,
    },
    ...(await authentication(access)),
  });
}

/** Signs in as an App, for one of its installations; the token is renewed before it runs out. */
export async function installationToken(
  access: GitHubAccess,
  repository: { owner: string; repo: string },
  signal: AbortSignal,
): Promise<{ installationId: number; token: string }> {
  if (access.credentials.kind !== 'app') throw new Error('not an App');
  const app = await createGitHubClient(access);
  const { data } = await translated(() =>
    app.rest.apps.getRepoInstallation({ ...repository, request: limits(signal) }),
  );
  const { data: issued } = await translated(() =>
    app.rest.apps.createInstallationAccessToken({
      installation_id: data.id,
      // No wider than this run needs.
      repositories: [repository.repo],
      request: limits(signal),
    }),
  );
  access.onToken?.(issued.token);
  return { installationId: data.id, token: issued.token };
}

/** Request options of every call: ends with the stage, and never hangs. */
export function limits(signal: AbortSignal): { signal: AbortSignal } {
  return { signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) };
}

/** Runs a request and throws what went wrong as a {@link ForgeError}, without token, headers or request. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

interface Failed {
  status?: number;
  message?: string;
  response?: { headers: Record<string, string | undefined>; data?: unknown };
}

function translate(error: unknown): unknown {
  if (error instanceof ForgeError) return error;
  const { status, response, message = '' } = error as Failed;
  if (status === undefined || response === undefined) {
    // Aborts, resets, time-outs, redirects: no answer came.
    return new ForgeError('uncertain', `GitHub did not answer: ${firstLine(message)}`);
  }
  const { headers } = response;
  const limited =
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /rate limit/i.test(message);
  const seconds = retryAfter({
    retryAfter: headers['retry-after'],
    reset: headers['x-ratelimit-reset'],
  });
  if ((status === 403 || status === 429) && limited) {
    return new ForgeError(
      'rate_limited',
      `GitHub allows no more requests for now: ${firstLine(message)}`,
      {
        retryAfterSeconds: seconds,
      },
    );
  }
  return new ForgeError(
    failureOf(status),
    `GitHub answered ${status}: ${reasonOf(response.data, message)}`,
  );
}

function reasonOf(data: unknown, message: string): string {
  const { errors = [], message: said } = (data ?? {}) as {
    message?: string;
    errors?: { message?: string; field?: string; code?: string }[];
  };
  const details = errors.map(
    (entry) => entry.message ?? `${entry.field ?? 'a field'} is ${entry.code ?? 'wrong'}`,
  );
  return firstLine([said ?? firstLine(message), ...details].join('; '));
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 300);
}

async function authentication(access: GitHubAccess): Promise<object> {
  const { credentials } = access;
  if (credentials.kind === 'token') return { auth: credentials.token };
  const { createAppAuth } = await import('@octokit/auth-app');
  return {
    authStrategy: createAppAuth,
    auth: { appId: credentials.appId, privateKey: credentials.privateKey },
  };
}

function idOf({ apiUrl, credentials }: GitHubAccess): string {
  const who = credentials.kind === 'token' ? credentials.token : String(credentials.appId);
  return createHash('sha256').update(`${apiUrl} ${who}`).digest('hex').slice(0, 16);
}
