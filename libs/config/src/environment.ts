import { z } from 'zod';
import { apiKeys } from './api-keys.js';
import { group } from './env-group.js';
import {
  boolean,
  decimal,
  host,
  hostList,
  integer,
  oneOf,
  originList,
  reader,
  string,
  url,
  wordList,
  type EnvMeta,
} from './env-types.js';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

/** What a sandbox can be required to enforce; a plain process enforces the last of them only. */
const SANDBOX_LIMITS = [
  'filesystem', 'unprivileged_user', 'network', 'environment', 'processes', 'user_namespaces', 'memory',
  'pids', 'cpu', 'cpu_time', 'disk', 'tmp', 'wall_time',
] as const; // prettier-ignore

const logLevel = reader((value) => {
  const level = value.toLowerCase() === 'warning' ? 'warn' : value.toLowerCase();
  const found = LOG_LEVELS.find((word) => word === level);
  return found ?? { problem: `must be one of ${LOG_LEVELS.join(', ')}` };
});

/** PEM keys are often written on one line with `\n` between the lines. */
const pem = reader((value) => value.replaceAll('\\n', '\n'));

const server = group('Server');
const storage = group('Storage and queue');
const auth = group('Who may use it');
const agent = group('Agent and approvals');
const model = group('Language model (none: the built-in recipes)');
const network = group('Network');
const git = group('Git and forges');
const repository = group('Repositories');
const tests = group('Tests and sandbox');
const observe = group('Observability');
const worker = group('Workers');

/** Every environment variable of the product, in the order `.env.example` lists them. */
export const environmentSchema = z.object({
  PORT: server.with(integer(0, 65_535), '5001', 'Port of the chat socket, REST and the web page'),
  HOST: server.maybe(string, 'Address to listen on; 127.0.0.1 embedded, 0.0.0.0 in containers'),
  DATA_DIR: server.with(string, '.hil', 'Folder for the database, mirrors and caches'),

  DATABASE_URL: storage.secret(
    url('postgres', 'postgresql'),
    'PostgreSQL to use; none: an embedded one in DATA_DIR',
  ),
  REDIS_URL: storage.secret(url('redis', 'rediss'), 'Redis for the queue; none: PostgreSQL'),
  QUEUE_PREFIX: storage.with(
    string.regex(/^[\w-]+$/, 'must be letters, digits, _ or -'),
    'hil',
    'Prefix of queue and channel names',
  ),
  EVENT_RETENTION_DAYS: storage.with(integer(1), '90', 'Days that events of ended runs are kept'),

  AUTH_MODE: auth.with(
    oneOf(['none', 'api-key', 'oidc']),
    'none',
    'none (only when HOST is loopback) or api-key; oidc is not available yet and ends the boot',
  ),
  API_KEYS: auth.secret(
    apiKeys,
    'name:role:secret,... with roles viewer, developer, approver, admin',
  ),
  OIDC_ISSUER: auth.maybe(
    url('https', 'http'),
    'Reserved, not used yet: issuer URL for AUTH_MODE=oidc',
  ),
  OIDC_AUDIENCE: auth.maybe(
    string,
    'Reserved, not used yet: audience that tokens must carry for AUTH_MODE=oidc',
  ),
  WEBSOCKET_CORS_ORIGINS: auth.maybe(
    originList,
    'Comma list of web origins that may connect; none: only the own one',
  ),
  WEBSOCKET_MAX_CONNECTIONS_PER_USER: auth.with(integer(1), '100', 'Open sockets of one user'),
  WEBSOCKET_MESSAGES_PER_MINUTE: auth.with(integer(1), '120', 'Messages of one user, all sockets'),
  MAX_ACTIVE_RUNS_PER_USER: auth.with(integer(1), '20', 'Runs of one user at the same time'),

  AGENT_MAX_RETRIES: agent.with(integer(0, 20), '2', 'Repair attempts after new test failures'),
  AGENT_TIMEOUT: agent.with(
    integer(1),
    '3600',
    'Seconds a run may work; waiting for a person is free',
  ),
  AGENT_APPROVAL_REQUIRED: agent.with(boolean, 'true', 'false: only always-ask changes need a yes'),
  AGENT_APPROVAL_TTL: agent.with(integer(1), '604800', 'Seconds until an open approval expires'),
  AGENT_AUTO_APPLY_LOW_RISK: agent.with(
    boolean,
    'false',
    'true: a low-risk, test-covered change of one file passes without a yes',
  ),
  AGENT_REVIEW_DIFF: agent.with(
    boolean,
    'false',
    'true: every diff is shown to a person, hunk by hunk, before it is delivered',
  ),
  AGENT_MAX_COST_USD: agent.maybe(decimal(0), 'US dollars a run may cost before it pauses'),
  AGENT_MAX_TOKENS: agent.maybe(integer(1), 'Tokens a run may use before it pauses'),
  AGENT_MAX_STEPS: agent.with(integer(1), '200', 'Model calls of a run before it pauses'),
  AGENT_MAX_MINUTES: agent.maybe(
    decimal(0.1),
    'Minutes a run may spend in model calls before it pauses',
  ),
  AGENT_MAX_COST_USD_PER_DAY: agent.maybe(
    decimal(0),
    'US dollars of one user in 24 hours before the run pauses',
  ),
  AGENT_MAX_TOKENS_PER_DAY: agent.maybe(
    integer(1),
    'Tokens of one user in 24 hours before the run pauses',
  ),
  AGENT_MAX_TASK_STEPS: agent.with(
    integer(2),
    '30',
    'Model calls for one task of a plan before it is given up',
  ),
  MAX_IMPACTED_FILES_FOR_AUTO_APPROVAL: agent.with(
    integer(0),
    '5',
    'More impacted files than this always need a yes',
  ),
  REQUIRE_HUMAN_APPROVAL_FOR_MIGRATIONS: agent.with(
    boolean,
    'true',
    'Database migrations always need a yes',
  ),
  CODE_EDITS_ENABLED: agent.with(
    boolean,
    'true',
    'false: runs write a specification file instead of editing code',
  ),
  FIX_ON_TEST_FAILURE: agent.with(boolean, 'true', 'Try to repair new test failures'),

  LLM_MODEL: model.maybe(
    string,
    'provider:model, such as anthropic:claude-sonnet-4-5, or a bare name',
  ),
  LLM_MODEL_INTENT: model.maybe(string, 'Another model for understanding messages'),
  LLM_MODEL_PLANNER: model.maybe(string, 'Another model for plans'),
  LLM_MODEL_EDITOR: model.maybe(string, 'Another model for edits and repairs'),
  LLM_MODEL_ANSWERS: model.maybe(string, 'Another model for answers to questions'),
  LLM_FALLBACK_MODEL: model.maybe(string, 'Model that stands in when the first one is away'),
  LLM_TIMEOUT: model.with(integer(1), '180', 'Seconds one answer of a model may take'),
  LLM_MAX_RETRIES: model.with(
    integer(0, 20),
    '4',
    'Further tries after 429, 5xx, a time-out or a cut answer',
  ),
  LLM_RETRY_WAIT_MS: model.with(
    integer(1),
    '500',
    'Longest pause before the first further try, in ms; doubles each time',
  ),
  LLM_CONTEXT_TOKENS: model.with(
    integer(1_000),
    '24000',
    'Tokens of repository text that a prompt may hold',
  ),
  LLM_TEMPERATURE: model.maybe(
    decimal(0, 2),
    'Sampling temperature; none: the default of the model',
  ),
  LLM_MAX_TOKENS: model.maybe(
    integer(1),
    'Most tokens of one answer; none: the default of the model',
  ),
  OPENAI_API_KEY: model.secret(string, 'Key for OpenAI or a compatible server'),
  OPENAI_BASE_URL: model.maybe(url('https', 'http'), 'Base URL of an OpenAI-compatible server'),
  ANTHROPIC_API_KEY: model.secret(string, 'Key for Anthropic'),
  ANTHROPIC_BASE_URL: model.maybe(
    url('https', 'http'),
    'Base URL of an Anthropic-compatible server',
  ),
  OPENROUTER_API_KEY: model.secret(string, 'Key for OpenRouter'),
  OPENROUTER_BASE_URL: model.maybe(url('https', 'http'), 'Another base URL for OpenRouter'),
  OLLAMA_BASE_URL: model.maybe(url('https', 'http'), 'Base URL of an Ollama server'),
  GOOGLE_API_KEY: model.secret(string, 'Key for Google Gemini'),
  AZURE_OPENAI_API_KEY: model.secret(string, 'Key for Azure OpenAI'),
  AZURE_OPENAI_ENDPOINT: model.maybe(url('https', 'http'), 'Endpoint of the Azure OpenAI resource'),
  AZURE_OPENAI_API_INSTANCE_NAME: model.maybe(string, 'Name of the Azure OpenAI resource'),
  AZURE_OPENAI_API_DEPLOYMENT_NAME: model.maybe(string, 'Deployment of the model on Azure OpenAI'),
  AZURE_OPENAI_API_VERSION: model.maybe(string, 'API version of Azure OpenAI'),
  AWS_REGION: model.maybe(string, 'Region of Amazon Bedrock'),
  AWS_ACCESS_KEY_ID: model.secret(string, 'Access key for Amazon Bedrock'),
  AWS_SECRET_ACCESS_KEY: model.secret(string, 'Secret key for Amazon Bedrock'),
  AWS_SESSION_TOKEN: model.secret(string, 'Session token for Amazon Bedrock'),
  AWS_PROFILE: model.maybe(
    string,
    'Profile of the shared AWS configuration; real environment only, not read from this file',
  ),

  HTTPS_PROXY: network.secret(url('http', 'https'), 'Proxy for git, model and forge calls'),
  NO_PROXY: network.maybe(string, 'Comma list of hosts that are reached without the proxy'),
  NODE_EXTRA_CA_CERTS: network.maybe(
    string,
    'PEM file with more certificates to trust; real environment only, not read from this file',
  ),

  GIT_USER_NAME: git.with(string, 'hil', 'Author name of commits'),
  GIT_USER_EMAIL: git.with(string, 'hil@localhost', 'Author e-mail of commits'),
  GITHUB_TOKEN: git.secret(string, 'Token that may read, push and open pull requests'),
  GITHUB_API_URL: git.maybe(
    url('https', 'http'),
    'GitHub REST URL; none: follows from GITHUB_HOST',
  ),
  GITHUB_HOST: git.with(host, 'github.com', 'Host (and port) that is the GitHub'),
  GITHUB_APP_ID: git.maybe(integer(1), 'Id of a GitHub App, instead of GITHUB_TOKEN'),
  GITHUB_APP_PRIVATE_KEY: git.secret(pem, 'PEM private key of the GitHub App'),
  GITLAB_TOKEN: git.secret(string, 'Token that may read, push and open merge requests'),
  GITLAB_URL: git.with(url('https', 'http'), 'https://gitlab.com', 'URL of the GitLab'),
  PULL_REQUEST_DRAFT: git.with(boolean, 'true', 'Open pull requests as drafts'),
  PULL_REQUEST_LABELS: git.with(string, 'hil', 'Comma list of labels for pull requests'),
  PULL_REQUEST_POLL_SECONDS: git.with(
    integer(0),
    '300',
    'Seconds between two looks at an open pull request; 0: only when a webhook asks',
  ),
  GITHUB_WEBHOOK_SECRET: git.secret(string, 'Secret of the webhook POST /api/webhooks/github'),
  GITLAB_WEBHOOK_SECRET: git.secret(string, 'Secret token of POST /api/webhooks/gitlab'),
  PUBLIC_URL: git.maybe(
    url('https', 'http'),
    'Where people reach this server; pull requests then link to the run',
  ),

  RUN_RECORD_KEY: git.secret(
    pem,
    'Ed25519 private key (PEM) that signs run records; none: one is made and kept in DATA_DIR',
  ),

  REPO_ALLOWED_HOSTS: repository.maybe(
    hostList,
    'Comma list of host[:port] that may be cloned from; none: any public host',
  ),
  REPO_ALLOW_HTTP: repository.with(boolean, 'false', 'Allow http:// besides https://'),
  REPO_ALLOW_LOCAL_PATHS: repository.maybe(
    boolean,
    'Allow folders of this machine; default true only when HOST is loopback',
  ),
  REPO_MAX_MB: repository.with(integer(1), '2048', 'Largest repository, in megabytes'),
  REPO_MAX_FILES: repository.with(integer(1), '200000', 'Most files of a repository'),
  PKG_CACHE_ENABLED: repository.with(
    boolean,
    'true',
    'Keep what each file declares between runs, by its content; off: read again',
  ),
  PKG_MEMORY_MB: repository.with(
    integer(1),
    '1500',
    'Memory that the graph of a run may take, in MB; files beyond it are kept without their symbols',
  ),
  PKG_CHECKER_MEMORY_MB: repository.with(
    integer(0),
    '950',
    "Memory of the process that asks TypeScript's checker about calls, in MB; 0: it is not asked",
  ),
  PKG_CACHE_RETENTION_DAYS: repository.with(
    integer(1),
    '30',
    'Days that what files declare is kept after a run has last asked for it',
  ),

  TEST_RUNNER_TIMEOUT: tests.with(integer(1), '300', 'Seconds a test suite may run'),
  MIN_CHANGED_LINE_COVERAGE: tests.with(
    decimal(0, 100),
    '0',
    'Percent of changed lines that tests must reach where it is measured, else a person is asked',
  ),
  SANDBOX: tests.maybe(
    oneOf(['auto', 'docker', 'bubblewrap', 'process']),
    'auto, docker, bubblewrap, or process (no isolation); default auto',
  ),
  SANDBOX_MEMORY_MB: tests.with(integer(64), '2048', 'Memory of a sandbox, in megabytes'),
  SANDBOX_CPUS: tests.with(decimal(0.1), '2', 'Processors of a sandbox'),
  SANDBOX_PIDS: tests.with(integer(16), '256', 'Processes of a sandbox'),
  SANDBOX_NETWORK: tests.with(
    oneOf(['none', 'install-only']),
    'install-only',
    'install-only: network while dependencies are installed; none: never',
  ),
  SANDBOX_DISK_MB: tests.with(
    integer(16),
    '4096',
    'Disk that one command in a sandbox may fill, in megabytes',
  ),
  SANDBOX_REQUIRE: tests.maybe(
    wordList(SANDBOX_LIMITS),
    'Limits without which nothing runs, e.g. memory,pids,disk; see docs/sandbox.md',
  ),
  SANDBOX_IMAGE: tests.maybe(string, 'Docker image of every sandbox; none: one per language'),
  SANDBOX_REPOSITORY_IMAGES: tests.with(
    boolean,
    'true',
    'Use the image that a repository names, if it is on the Docker daemon already',
  ),
  SANDBOX_RUNTIME: tests.maybe(string, 'OCI runtime of Docker sandboxes, e.g. runsc'),
  SANDBOX_INSTALL_HOSTS: tests.maybe(
    hostList,
    'Comma list of hosts in private networks that installations may reach',
  ),
  USE_DOCKER_FOR_TESTS: tests.with(boolean, 'false', 'true means SANDBOX=docker'),

  LOG_LEVEL: observe.with(logLevel, 'info', `One of ${LOG_LEVELS.join(', ')}`),
  OTEL_EXPORTER_OTLP_ENDPOINT: observe.maybe(
    url('https', 'http'),
    'Reserved, not used yet: an OTLP collector',
  ),

  WORKER_CONCURRENCY: worker.with(
    integer(1, 256),
    '4',
    'Jobs that a worker app runs at the same time',
  ),
  HEALTH_PORT: worker.with(integer(0, 65_535), '5010', 'Port of the health check of a worker app'),
  QUEUE_LOCK_SECONDS: worker.with(decimal(1), '5', 'Seconds until a silent worker loses its job'),
  HEARTBEAT_SECONDS: worker.with(
    decimal(0.1),
    '1',
    'Seconds between two signs of life of a worker',
  ),
  LEASE_SECONDS: worker.with(
    decimal(1),
    '6',
    'Seconds without a sign of life until a run is taken over',
  ),
});

export type Environment = z.infer<typeof environmentSchema>;
export type EnvName = keyof Environment;

/** Name, description and default of every variable, in order. */
export function environmentNames(): (EnvMeta & { name: EnvName })[] {
  return Object.entries(environmentSchema.shape).map(([name, type]) => {
    const env = type.meta()?.env;
    if (env === undefined) throw new Error(`${name} has no description`);
    return { name: name as EnvName, ...env };
  });
}
