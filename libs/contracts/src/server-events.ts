import { z } from 'zod';
import { agentUpdateSchema } from './agent-update.js';
import { ERROR_CODE_LIST } from './error-codes.js';

const code = z.enum(ERROR_CODE_LIST);

/** The data of every event the server sends, by event name. */
export const SERVER_EVENTS = {
  connection_status: z.object({
    status: z.enum(['connected', 'disconnected', 'error']),
    message: z.string(),
    session_id: z.uuid().nullable(),
    code: code.optional(),
  }),
  agent_update: agentUpdateSchema,
  error: z.object({
    code,
    /** The event that was refused, or `message` when it could not be read. */
    type: z.string(),
    message: z.string(),
    timestamp: z.iso.datetime(),
    session_id: z.string().optional(),
    id: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  ack: z.object({
    id: z.string(),
    ok: z.boolean(),
    session_id: z.uuid().optional(),
    run_id: z.uuid().optional(),
    code: code.optional(),
  }),
} as const;

export type ServerEventName = keyof typeof SERVER_EVENTS;
export type ServerEventData<N extends ServerEventName> = z.infer<(typeof SERVER_EVENTS)[N]>;
export type ServerEvent = {
  [N in ServerEventName]: { event: N; data: ServerEventData<N> };
}[ServerEventName];
