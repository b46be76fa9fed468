import { ModelError } from './model.error.js';

/** What the SDKs of providers put on their errors. */
interface ProviderFailure {
  status: number | undefined;
  code: string;
  message: string;
  headers: unknown;
}

const OVERFLOW =
  /context.?length|context.?window|maximum context|prompt is too long|too many (?:input )?tokens|request too large|input is too long/i;
const FILTERED = /content.?(?:policy|filter)|safety|moderation|flagged|refus/i;
const NETWORK =
  /ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR|socket|terminated|fetch failed|connection error|network|premature|aborted/i;

/**
 * Turns whatever a provider's SDK threw into a {@link ModelError} that says what to do.
 * @param keyName the environment variable that holds the key
 */
export function classifyError(error: unknown, model: string, keyName: string): ModelError {
  if (error instanceof ModelError) return error;
  const { status, code, message, headers } = read(error);
  const said = message === '' ? '' : `: ${message.slice(0, 300)}`;
  const cause = { cause: error };
  if (/insufficient_quota|billing|credit balance/i.test(`${code} ${message}`)) {
    return new ModelError(
      'quota',
      `${model}: the account has no credit left. Top it up, or set another model${said}`,
      cause,
    );
  }
  if (OVERFLOW.test(`${code} ${message}`) || status === 413) {
    return new ModelError(
      'context_overflow',
      `${model} can't take a conversation this long. Ask for less at once, narrow it with project_path, or set a model with a larger context${said}`,
      cause,
    );
  }
  if (status === 401 || status === 403) {
    return new ModelError(
      'key',
      `${model} refused the key (${status}). Check ${keyName} and start again${said}`,
      cause,
    );
  }
  if (status === 404) {
    return new ModelError(
      'unknown_model',
      `${model} is not known to its provider (404). Check LLM_MODEL and the base URL${said}`,
      cause,
    );
  }
  if (status === 429) {
    const retryAfterMs = retryAfter(headers);
    return new ModelError('rate_limited', `${model} answers 429: too many requests${said}`, {
      ...cause,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  if (status === 400 || status === 422) {
    const reason = FILTERED.test(`${code} ${message}`) ? 'refused' : 'bad_request';
    return new ModelError(reason, `${model} refused the request (${status})${said}`, cause);
  }
  if (
    (status ?? 0) >= 500 ||
    status === 408 ||
    status === 409 ||
    NETWORK.test(`${code} ${message}`)
  ) {
    return new ModelError(
      'unavailable',
      `${model} does not answer (${status ?? 'no connection'})${said}`,
      cause,
    );
  }
  return new ModelError('bad_request', `${model} could not be asked${said}`, cause);
}

function read(error: unknown): ProviderFailure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const status = [fields['status'], fields['statusCode']].find((one) => typeof one === 'number');
  return {
    status: status as number | undefined,
    code: [fields['code'], fields['type'], fields['name'], causeOf(fields['cause'])]
      .filter((one) => typeof one === 'string')
      .join(' '),
    message: error instanceof Error ? error.message : String(error),
    headers: fields['headers'],
  };
}

function causeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  const code = (cause as Error & { code?: unknown }).code;
  return `${typeof code === 'string' ? code : ''} ${cause.message}`;
}

/** `Retry-After` in ms, whether the headers are a Headers object or a plain one. */
function retryAfter(headers: unknown): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const value =
    headers instanceof Headers
      ? headers.get('retry-after')
      : (headers as Record<string, unknown>)['retry-after'];
  const seconds = Number(value);
  return typeof value === 'string' && Number.isFinite(seconds) && seconds >= 0
    ? seconds * 1_000
    : undefined;
}
