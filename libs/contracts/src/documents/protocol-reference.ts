import { UPDATE_TYPES, type UpdateType } from '../agent-update.js';
import { CLIENT_EVENTS, type ClientEventName } from '../client-events.js';
import { ERROR_CODES, ERROR_CODE_LIST } from '../error-codes.js';
import { SERVER_EVENTS, type ServerEventName } from '../server-events.js';
import {
  CLIENT_EVENT_TEXTS,
  ERROR_TEXTS,
  SERVER_EVENT_TEXTS,
  UPDATE_TEXTS,
} from './descriptions.js';
import { PROTOCOL_VERSION } from './protocol-version.js';
import { frameName, schemaSet, updateName, type JsonSchema } from './schema-set.js';

/** What tables refer to instead of repeating it. */
const SHARED = [
  'ApprovalRequest',
  'Plan',
  'PlanTask',
  'Intent',
  'Impact',
  'TestSummary',
  'TestFailure',
  'SourceExcerpt',
  'CheckSummary',
  'CoverageSummary',
  'TestTotals',
  'SandboxReport',
  'VerificationItem',
  'Summary',
  'TestResult',
  'CodeChange',
];

/** The protocol as a page for people: events, fields, and the table of error codes. */
export function protocolReference(): string {
  const schemas = schemaSet('draft-2020-12', '#');
  const data = (name: string) => property(property(schemas[name], 'properties'), 'data');
  const updateData = (type: UpdateType) =>
    resolve(property(property(data(updateName(type)), 'properties'), 'data'), schemas);
  return (
    [
      '# Protocol',
      `Version ${PROTOCOL_VERSION}. Generated from libs/contracts by \`npm run documents -w @hil/contracts\`; machine-readable: [asyncapi.json](asyncapi.json), [openapi.json](openapi.json), [schema.json](schema.json).`,
      'Socket: `ws://HOST:5001/ws/chat`, text frames `{"event": NAME, "data": {...}}`. `?session_id=UUID&last_seq=N` resumes a session after update N. A client may put an `id` into the data of a command: it is answered by one `ack`, and sending it again does nothing twice. Fields may be added at any time; a client passes over what it does not know.',
      '## Client to server',
      ...section(Object.keys(CLIENT_EVENTS) as ClientEventName[], (event) => [
        CLIENT_EVENT_TEXTS[event],
        fields(data(frameName('client', event))),
      ]),
      '## Server to client',
      ...section(Object.keys(SERVER_EVENTS) as ServerEventName[], (event) => [
        SERVER_EVENT_TEXTS[event],
        fields(resolve(data(frameName('server', event)), schemas)),
      ]),
      '## Updates by type',
      ...section(Object.keys(UPDATE_TYPES) as UpdateType[], (type) => [
        UPDATE_TEXTS[type],
        fields(updateData(type)),
      ]),
      '## Shared types',
      ...section(SHARED, (name) => ['', fields(schemas[name] ?? {})]),
      '## Error codes',
      'The socket sends the code in an `error` event; REST answers with the status and `{"status": "error", "message", "code"}`.',
      table(
        ['code', 'HTTP', 'meaning'],
        ERROR_CODE_LIST.map((code) => [
          `\`${code}\``,
          String(ERROR_CODES[code]),
          ERROR_TEXTS[code],
        ]),
      ),
      '',
    ]
      .join('\n\n')
      .replace(/\n{3,}/g, '\n\n')
      .trimEnd() + '\n'
  );
}

function section<T extends string>(names: readonly T[], body: (name: T) => string[]): string[] {
  return names.flatMap((name) => [`### ${name}`, ...body(name).filter((text) => text !== '')]);
}

function fields(schema: JsonSchema): string {
  const required = (schema['required'] ?? []) as string[];
  const rows = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).map(
    ([name, type]) => [`\`${name}\``, describe(type), required.includes(name) ? 'yes' : ''],
  );
  return rows.length === 0 ? '' : table(['field', 'type', 'required'], rows);
}

function describe(schema: JsonSchema): string {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const name = reference.slice(1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema['const'] !== undefined) return `\`${String(schema['const'])}\``;
  if (Array.isArray(schema['enum'])) return schema['enum'].map((word) => `\`${word}\``).join(', ');
  const variants = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(variants))
    return variants.map((variant: JsonSchema) => describe(variant)).join(' or ');
  if (schema['type'] === 'array')
    return `list of ${describe((schema['items'] ?? {}) as JsonSchema)}`;
  if (schema['type'] === 'object') return object(schema);
  const format = schema['format'] === undefined ? '' : ` (${String(schema['format'])})`;
  return `${String(schema['type'] ?? 'any')}${format}`;
}

function object(schema: JsonSchema): string {
  const names = Object.keys((schema['properties'] ?? {}) as object);
  return names.length === 0 ? 'object' : `{${names.join(', ')}}`;
}

function resolve(schema: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? (schemas[reference.slice(1)] ?? {}) : schema;
}

function property(schema: JsonSchema | undefined, name: string): JsonSchema {
  return (schema?.[name] ?? {}) as JsonSchema;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
