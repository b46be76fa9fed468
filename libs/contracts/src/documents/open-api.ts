import { ERROR_CODES, type ErrorCode } from '../error-codes.js';
import { schemaSet, type JsonSchema } from './schema-set.js';
import { PROTOCOL_VERSION } from './protocol-version.js';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const list = (name: string) => ({ type: 'array', items: ref(name) });

interface Route {
  summary: string;
  /** A JSON answer in the envelope, a JSON answer without it, or another content type. */
  data?: JsonSchema;
  raw?: JsonSchema;
  content?: Record<string, JsonSchema>;
  query?: Record<string, JsonSchema>;
  body?: JsonSchema;
  errors?: ErrorCode[];
  /** Status of success; default 200. */
  status?: number;
  /** Public routes tell nothing about anybody's work. */
  open?: boolean;
}

const file = (type: string, format = 'binary') => ({ [type]: { type: 'string', format } });
const text = { type: 'string' };
const limit = (maximum: number) => ({ limit: { type: 'integer', minimum: 1, maximum } });

const graphOptions = {
  generate_summaries: { type: 'boolean', default: false },
  fan_threshold: { type: 'integer', minimum: 1, maximum: 10_000, default: 3 },
  include_features: { type: 'boolean', default: true },
  format: { enum: ['pkg', 'legacy'], default: 'pkg' },
};

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/health': {
    get: {
      summary: 'State of the server and its workers; 503 when database or queue is down',
      data: ref('Health'),
      errors: ['service_unavailable'],
      open: true,
    },
  },
  '/ws/status': {
    get: { summary: 'State of the chat socket', raw: ref('SocketStatus'), open: true },
  },
  '/api/sessions': {
    get: { summary: 'The sessions of the user', query: limit(500), data: list('Session') },
    post: {
      summary: 'Sends a chat message: starts a run, or reaches the active one of the session',
      body: ref('ChatMessage'),
      data: ref('CommandResult'),
      status: 201,
      errors: ['validation_error', 'forbidden', 'question_unknown', 'run_active_limit'],
    },
  },
  '/api/sessions/{id}': {
    get: {
      summary: 'A session with its runs',
      data: ref('Session'),
      errors: ['session_unknown'],
    },
  },
  '/api/sessions/{id}/events': {
    get: {
      summary: 'The log of a session after a sequence number',
      query: { after: { type: 'integer', minimum: 0, default: 0 }, ...limit(1_000) },
      data: ref('EventPage'),
      errors: ['session_unknown', 'resync_required'],
    },
  },
  '/api/sessions/{id}/cancel': {
    post: {
      summary: 'Cancels the active run of a session',
      body: ref('CancelRequest'),
      data: ref('CommandResult'),
      errors: ['forbidden', 'session_unknown', 'run_unknown', 'run_ended'],
    },
  },
  '/clone-and-generate': {
    post: {
      summary:
        'The graph of a repository; 202 with a job when asked with `Prefer: respond-async` or when it takes long',
      body: ref('GraphRequest'),
      query: graphOptions,
      data: { anyOf: [ref('ProjectGraph'), ref('GraphJob'), { type: 'object' }] },
      errors: [
        'validation_error',
        'forbidden',
        'repository_not_allowed',
        'repository_not_found',
        'repository_too_large',
        'run_active_limit',
      ],
    },
  },
  '/api/jobs/{id}': {
    get: {
      summary: 'How far a graph is; with `result` once it is completed',
      query: graphOptions,
      data: ref('GraphJob'),
      errors: ['validation_error', 'run_unknown'],
    },
  },
  '/api/jobs': {
    get: { summary: 'Jobs of each queue by condition', data: ref('Jobs') },
  },
  '/api/runs/{id}': {
    get: { summary: 'A run', data: ref('Run'), errors: ['run_unknown'] },
  },
  '/api/runs/{id}/patch': {
    get: {
      summary: 'The change as a patch for git apply or git am',
      content: { 'text/x-patch': text },
      errors: ['run_unknown', 'not_found'],
    },
  },
  '/api/runs/{id}/bundle': {
    get: {
      summary: 'The commits of the change as a git bundle',
      content: file('application/x-git-bundle'),
      errors: ['run_unknown', 'not_found'],
    },
  },
  '/api/runs/{id}/record': {
    get: {
      summary: 'The signed record of an ended run, for hil verify-record',
      content: { 'application/json': { type: 'object' } },
      errors: ['run_unknown', 'not_found'],
    },
  },
  '/api/record-key': {
    get: {
      summary: 'The public key that signs run records here',
      data: ref('RecordKey'),
      open: true,
    },
  },
  '/api/webhooks/github': {
    post: {
      summary:
        'A delivery of GitHub, with X-Hub-Signature-256; open pull requests of its repository are looked at',
      body: { type: 'object' },
      data: { type: 'object', properties: { pull_requests: { type: 'integer' } } },
      status: 202,
      errors: ['unauthenticated', 'not_found'],
      open: true,
    },
  },
  '/api/webhooks/gitlab': {
    post: {
      summary:
        'A delivery of GitLab, with X-Gitlab-Token; open pull requests of its repository are looked at',
      body: { type: 'object' },
      data: { type: 'object', properties: { pull_requests: { type: 'integer' } } },
      status: 202,
      errors: ['unauthenticated', 'not_found'],
      open: true,
    },
  },
  '/api/approvals': {
    get: { summary: 'The approvals that wait for the user', data: list('OpenApproval') },
  },
  '/api/approvals/{id}': {
    get: { summary: 'An approval', data: ref('OpenApproval'), errors: ['approval_unknown'] },
    post: {
      summary: 'Decides an approval, by the same rules as the socket',
      body: ref('Decision'),
      data: ref('Run'),
      errors: [
        'validation_error',
        'forbidden',
        'approval_unknown',
        'approval_stale',
        'approval_already_decided',
        'run_ended',
      ],
    },
  },
  '/api/memories': {
    get: {
      summary: 'What is remembered of repositories for later plans; `repository` narrows it',
      data: list('Memory'),
    },
  },
  '/api/memories/{id}': {
    delete: {
      summary: 'Forgets one memory',
      data: ref('Memory'),
      errors: ['forbidden', 'not_found'],
    },
  },
  '/metrics': {
    get: { summary: 'Metrics as Prometheus text', content: { 'text/plain': text } },
  },
  '/openapi.json': {
    get: { summary: 'This document', raw: { type: 'object' }, open: true },
  },
  '/asyncapi.json': {
    get: { summary: 'The document of the chat socket', raw: { type: 'object' }, open: true },
  },
};

/** The REST routes as an OpenAPI 3.1 document. */
export function openApiDocument(): JsonSchema {
  const paths = Object.entries(ROUTES).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, route]) => [method, operation(path, method, route)]),
    ),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'hil REST',
      version: PROTOCOL_VERSION,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:5001' }],
    security: [{ bearer: [] }, {}],
    paths: Object.fromEntries(paths) as JsonSchema,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: schemaSet('draft-2020-12', '#/components/schemas/'),
    },
  };
}

function operation(path: string, method: string, route: Route): JsonSchema {
  const errors: ErrorCode[] = [
    ...(route.errors ?? []),
    ...(route.open === true
      ? []
      : (['unauthenticated', 'origin_refused', 'rate_limited'] as const)),
  ];
  return {
    operationId: operationId(path, method),
    summary: route.summary,
    ...(route.open === true ? { security: [] } : {}),
    parameters: parameters(path, route),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: route.body } } },
        }),
    responses: { [route.status ?? 200]: success(route), ...refusals(errors) },
  };
}

function operationId(path: string, method: string): string {
  const words = path.split(/[^a-z]+/i).filter((word) => word !== '');
  return [method, ...words]
    .map((word, i) => (i === 0 ? word : word[0]?.toUpperCase() + word.slice(1)))
    .join('');
}

function parameters(path: string, route: Route): JsonSchema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));
  const inQuery = Object.entries(route.query ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }));
  return [...inPath, ...inQuery];
}

function success(route: Route): JsonSchema {
  const envelope = {
    type: 'object',
    required: ['status', 'data'],
    properties: { status: { const: 'success' }, data: route.data, message: text },
  };
  const content =
    route.content === undefined
      ? { 'application/json': { schema: route.raw ?? envelope } }
      : Object.fromEntries(
          Object.entries(route.content).map(([type, schema]) => [type, { schema }]),
        );
  return { description: route.summary, content };
}

/** One response a status: several codes may share it. */
function refusals(codes: ErrorCode[]): JsonSchema {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const status = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    entries.map(([status, names]) => [
      status,
      {
        description: [...new Set(names)].join(', '),
        content: { 'application/json': { schema: ref('ErrorEnvelope') } },
      },
    ]),
  );
}
