import type { UpdateType } from '../agent-update.js';
import type { ClientEventName } from '../client-events.js';
import type { ErrorCode } from '../error-codes.js';
import type { ServerEventName } from '../server-events.js';

/** One sentence for each event, update and code; the types keep the lists complete. */
export const CLIENT_EVENT_TEXTS: Readonly<Record<ClientEventName, string>> = {
  authenticate: 'First message of clients that can not send a header, within 5 seconds.',
  chat_message:
    'Starts a run. While one of the session is active it steers, or answers an open question; it never decides an approval.',
  approve_plan: 'Approves (or with approved false rejects) the current plan revision.',
  reject_plan: 'Asks for another plan revision, or with final true ends the run.',
  edit_plan: 'Replaces the task list; the new revision waits for its own approval.',
  approval_response: 'Decides an approval of any kind.',
  cancel_request: 'Cancels the active run of the session.',
  resume: 'Follows a session from after a sequence number.',
};

export const SERVER_EVENT_TEXTS: Readonly<Record<ServerEventName, string>> = {
  connection_status: 'The state of the connection, or of a resume.',
  agent_update: 'One numbered entry of the log of a session; data depends on type.',
  error: 'A command was refused, or a frame could not be read.',
  ack: 'A command with an id has arrived; sent once for each id.',
};

export const UPDATE_TEXTS: Readonly<Record<UpdateType, string>> = {
  status: 'The run has reached a state.',
  snapshot: 'What a client needs to go on when the log no longer reaches back.',
  log: 'A line of what is going on.',
  code_change: 'A file was changed by a task.',
  test_result: 'A test, or with totals the end of one kind of check.',
  approval_request: 'The run waits for a decision of a person.',
  question: 'The run waits for an answer.',
  query_response: 'The answer to a question about the code.',
  diagram_response: 'A diagram as Mermaid source.',
  summary: 'How the run ended.',
  error: 'A failure of the run.',
};

export const ERROR_TEXTS: Readonly<Record<ErrorCode, string>> = {
  validation_error: 'The data does not fit its schema, or asks for what can not be done.',
  not_found: 'There is no such route, or nothing to download there.',
  unknown_event: 'The server does not know an event of that name.',
  message_too_large: 'A frame or body is larger than the limit.',
  unauthenticated: 'No valid identity was shown in time.',
  forbidden: 'The role of the user does not allow this.',
  origin_refused: 'The Origin or Host header belongs to a page that may not drive this server.',
  rate_limited: 'Too many messages or connections of one user; try again later.',
  session_unknown: 'There is no such session, or it belongs to somebody else.',
  run_unknown: 'There is no such run, or it belongs to somebody else.',
  run_ended: 'The run has reached a final state.',
  run_active_limit: 'The user has as many active runs as allowed.',
  approval_stale: 'The decision names a plan revision that was replaced.',
  approval_unknown: 'No approval with that id waits in the session.',
  approval_already_decided: 'The approval was decided before.',
  question_unknown: 'The question was answered before, or never asked.',
  repository_not_found: 'The repository does not exist, or the credentials do not reach it.',
  repository_not_allowed: 'Policy forbids this repository address.',
  repository_too_large: 'The repository is over REPO_MAX_MB or REPO_MAX_FILES.',
  base_gone: 'The base commit is in no mirror and no longer at the origin.',
  no_sandbox: 'No sandbox can be had here, and running without one was not approved.',
  model_unavailable: 'No model answers.',
  model_refused: 'The model refused the request.',
  budget_exceeded: 'The run has reached its budget.',
  forge_unavailable: 'The forge does not answer.',
  service_unavailable: 'A part of this server is down.',
  resync_required: 'The log no longer reaches back to the asked sequence number.',
  internal_error: 'A fault of this server.',
};
