import { z } from 'zod';
import {
  UPDATE_TYPES,
  agentUpdateSchema,
  approvalRequestSchema,
  codeChangeSchema,
  summarySchema,
  testResultSchema,
  verificationItemSchema,
  type UpdateType,
} from '../agent-update.js';
import { CLIENT_EVENTS, graphRequestSchema } from '../client-events.js';
import { graphSchema } from '../graph.js';
import { impactSchema, intentSchema, planSchema, planTaskSchema } from '../plan.js';
import { SERVER_EVENTS } from '../server-events.js';
import {
  checkSummarySchema,
  coverageSummarySchema,
  sandboxReportSchema,
  sourceExcerptSchema,
  testFailureSchema,
  testSummarySchema,
  testTotalsSchema,
} from '../test-summary.js';
import * as rest from './rest-schemas.js';

/** JSON Schema as plain data. */
export type JsonSchema = { [key: string]: unknown };

const shared = {
  ApprovalRequest: approvalRequestSchema,
  CancelRequest: rest.cancelRequestBody,
  ChatMessage: rest.chatMessageBody,
  CheckSummary: checkSummarySchema,
  CodeChange: codeChangeSchema,
  CommandResult: rest.commandResultSchema,
  CoverageSummary: coverageSummarySchema,
  Decision: rest.decisionSchema,
  ErrorEnvelope: rest.errorEnvelopeSchema,
  EventPage: rest.eventPageSchema,
  GraphJob: rest.graphJobSchema,
  GraphRequest: graphRequestSchema,
  Health: rest.healthSchema,
  Impact: impactSchema,
  Intent: intentSchema,
  Jobs: rest.jobsSchema,
  Memory: rest.memorySchema,
  OpenApproval: rest.openApprovalSchema,
  Plan: planSchema,
  PlanTask: planTaskSchema,
  ProjectGraph: graphSchema,
  RecordKey: rest.recordKeySchema,
  Run: rest.runSchema,
  SandboxReport: sandboxReportSchema,
  Session: rest.sessionSchema,
  SocketStatus: rest.socketStatusSchema,
  SourceExcerpt: sourceExcerptSchema,
  Summary: summarySchema,
  TestFailure: testFailureSchema,
  TestResult: testResultSchema,
  TestSummary: testSummarySchema,
  TestTotals: testTotalsSchema,
  VerificationItem: verificationItemSchema,
} as const;

/** Name of the frame `{event, data}` of an event, and of the update of a type. */
export const frameName = (direction: 'client' | 'server', event: string) => `${direction}.${event}`;
export const updateName = (type: UpdateType) => `update.${type}`;

/** All schemas by name, each once; references point to `prefix` + name. */
export function schemaSet(
  target: 'draft-7' | 'draft-2020-12',
  prefix: string,
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  const add = (id: string, schema: z.ZodType) => registry.add(schema, { id });
  for (const [name, schema] of Object.entries(shared)) add(name, schema);
  add('AgentUpdate', agentUpdateSchema);
  for (const [type, data] of Object.entries(UPDATE_TYPES)) {
    const envelope = agentUpdateSchema.extend({ type: z.literal(type), data });
    add(
      updateName(type as UpdateType),
      z.object({ event: z.literal('agent_update'), data: envelope }),
    );
  }
  for (const [event, data] of Object.entries(CLIENT_EVENTS)) {
    add(frameName('client', event), z.object({ event: z.literal(event), data }));
  }
  for (const [event, data] of Object.entries(SERVER_EVENTS)) {
    add(frameName('server', event), z.object({ event: z.literal(event), data }));
  }
  // As input: additional fields are allowed, because a newer server may send more.
  const { schemas } = z.toJSONSchema(registry, {
    target,
    io: 'input',
    uri: (id) => `${prefix}${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => [name, withoutIdentity(schema)]),
  );
}

/** The documents give the schemas their place; `$id` and `$schema` would move their references. */
function withoutIdentity(schema: object): JsonSchema {
  const { $id: _id, $schema: _schema, id: _plain, ...rest } = schema as JsonSchema;
  return rest;
}

/** One JSON Schema document that defines everything under `$defs`. */
export function jsonSchemaDocument(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'hil protocol',
    $defs: schemaSet('draft-2020-12', '#/$defs/'),
  };
}
