import { type ErrorCode, HilError } from '@hil/contracts';

/** Everything that goes wrong between the product and a model, and what the product answers with. */
const REASONS = {
  /** The provider does not accept the key. */
  key: { code: 'model_unavailable', retryable: false },
  /** The account has no credit left. */
  quota: { code: 'model_unavailable', retryable: false },
  /** No model of that name, or not for this key. */
  unknown_model: { code: 'model_unavailable', retryable: false },
  /** 429: too many requests at the moment. */
  rate_limited: { code: 'model_unavailable', retryable: true },
  /** 5xx, or no connection. */
  unavailable: { code: 'model_unavailable', retryable: true },
  /** No answer within LLM_TIMEOUT. */
  timeout: { code: 'model_unavailable', retryable: true },
  /** The answer ended in the middle. */
  cut: { code: 'model_unavailable', retryable: true },
  /** The provider calls the request invalid. */
  bad_request: { code: 'model_unavailable', retryable: false },
  /** The conversation is longer than the model can take. */
  context_overflow: { code: 'model_refused', retryable: false },
  /** The model, or a filter before it, refuses. */
  refused: { code: 'model_refused', retryable: false },
  /** The answer hit the token limit before its tool call was whole. */
  truncated: { code: 'model_refused', retryable: false },
  /** Arguments that are no JSON or do not fit the schema, twice in a row. */
  malformed: { code: 'model_refused', retryable: false },
  /** A tool that was not offered, twice in a row. */
  unknown_tool: { code: 'model_refused', retryable: false },
  /** Words or nothing instead of a tool call, twice in a row. */
  no_tool_call: { code: 'model_refused', retryable: false },
  /** More steps than allowed, or the same call again and again. */
  step_limit: { code: 'model_refused', retryable: false },
} as const satisfies Record<string, { code: ErrorCode; retryable: boolean }>;

export type ModelErrorReason = keyof typeof REASONS;

/** Thrown when a model can't be asked or its answer can't be used; `reason` says which of the ways. */
export class ModelError extends HilError {
  constructor(
    readonly reason: ModelErrorReason,
    message: string,
    readonly more: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    const { code, retryable } = REASONS[reason];
    super(code, message, {
      retryable,
      details: { reason },
      ...(more.cause === undefined ? {} : { cause: more.cause }),
    });
    this.name = 'ModelError';
  }
}
