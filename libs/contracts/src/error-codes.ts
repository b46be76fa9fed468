/**
 * Every error code a client can meet, with the HTTP status REST answers it with.
 * The socket sends the same code in an `error` event or an `agent_update` of type `error`.
 */
export const ERROR_CODES = {
  /** The data of a command or request does not fit its schema, or asks for something that can't be done. */
  validation_error: 400,
  /** No such route, or nothing to download there. */
  not_found: 404,
  /** The event name is not one the server knows. */
  unknown_event: 400,
  /** A frame or body is larger than the limit. */
  message_too_large: 413,
  /** No valid identity was shown in time. */
  unauthenticated: 401,
  /** The identity is known and its role does not allow this. */
  forbidden: 403,
  /** The Origin or Host header belongs to a page or name that may not drive this server. */
  origin_refused: 403,
  /** Too many messages or connections of one user. */
  rate_limited: 429,
  /** No such session, or it belongs to somebody else. */
  session_unknown: 404,
  /** No such run, or it belongs to somebody else. */
  run_unknown: 404,
  /** The run has reached a final state. */
  run_ended: 409,
  /** The user has as many active runs as allowed. */
  run_active_limit: 429,
  /** The decision names a plan revision that was replaced. */
  approval_stale: 409,
  /** No approval with that id waits in the session. */
  approval_unknown: 404,
  /** The approval was decided before. */
  approval_already_decided: 409,
  /** The question was answered before, or never asked. */
  question_unknown: 404,
  /** The repository does not exist, or can't be read with the credentials at hand. */
  repository_not_found: 404,
  /** Policy forbids this repository address. */
  repository_not_allowed: 403,
  /** The repository is over REPO_MAX_MB or REPO_MAX_FILES. */
  repository_too_large: 413,
  /** The base commit of a run is in no mirror and no longer at the origin. */
  base_gone: 410,
  /** No sandbox can be had here, and running without one was not approved. */
  no_sandbox: 503,
  /** No model answers. */
  model_unavailable: 503,
  /** The model refused the request. */
  model_refused: 422,
  /** The run reached its budget. */
  budget_exceeded: 402,
  /** The forge does not answer. */
  forge_unavailable: 503,
  /** A part of this server is down. */
  service_unavailable: 503,
  /** The log no longer reaches back to the asked sequence number. */
  resync_required: 410,
  /** A fault of this server. */
  internal_error: 500,
} as const;

/** One of the keys of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The codes as a non-empty list, for schemas. */
export const ERROR_CODE_LIST = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];
