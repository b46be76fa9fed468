import { UPDATE_TYPES, type UpdateType } from '../agent-update.js';
import { CLIENT_EVENTS } from '../client-events.js';
import { SERVER_EVENTS } from '../server-events.js';
import { CLIENT_EVENT_TEXTS, SERVER_EVENT_TEXTS, UPDATE_TEXTS } from './descriptions.js';
import { frameName, schemaSet, updateName, type JsonSchema } from './schema-set.js';
import { PROTOCOL_VERSION } from './protocol-version.js';

const CHANNEL = '#/channels/chat';
const SCHEMAS = '#/components/schemas/';

interface Message {
  name: string;
  title: string;
  summary: string;
  contentType: 'application/json';
  payload: { $ref: string };
}

/** The chat socket as an AsyncAPI 3.1 document. */
export function asyncApiDocument(): JsonSchema {
  const fromClient = clientMessages();
  const fromServer = serverMessages();
  const messages = { ...fromClient, ...fromServer };
  return {
    asyncapi: '3.1.0',
    info: {
      title: 'hil chat socket',
      version: PROTOCOL_VERSION,
      description:
        'Text frames {"event": NAME, "data": {...}}. {"type": NAME, ...fields} means the same.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { local: { host: '127.0.0.1:5001', protocol: 'ws' } },
    channels: {
      chat: {
        address: '/ws/chat',
        description: 'session_id and last_seq in the query resume a session after an update.',
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: {
          ws: {
            method: 'GET',
            query: {
              type: 'object',
              properties: {
                session_id: { type: 'string', format: 'uuid' },
                last_seq: { type: 'integer', minimum: 0 },
              },
            },
            bindingVersion: '0.1.0',
          },
        },
      },
    },
    operations: {
      receiveFromClient: operation('receive', 'What a client may send.', fromClient),
      sendToClient: operation('send', 'What the server sends.', fromServer),
    },
    components: { messages, schemas: schemaSet('draft-7', SCHEMAS) },
  };
}

function operation(action: 'receive' | 'send', summary: string, messages: object): JsonSchema {
  return {
    action,
    summary,
    channel: { $ref: CHANNEL },
    messages: Object.keys(messages).map((name) => ({ $ref: `${CHANNEL}/messages/${name}` })),
  };
}

function clientMessages(): Record<string, Message> {
  const names = Object.keys(CLIENT_EVENTS) as (keyof typeof CLIENT_EVENTS)[];
  return Object.fromEntries(
    names.map((event) => {
      const id = frameName('client', event);
      return [id, message(id, event, CLIENT_EVENT_TEXTS[event])];
    }),
  );
}

function serverMessages(): Record<string, Message> {
  const names = Object.keys(SERVER_EVENTS) as (keyof typeof SERVER_EVENTS)[];
  const events = names
    .filter((event) => event !== 'agent_update')
    .map((event) => {
      const id = frameName('server', event);
      return [id, message(id, event, SERVER_EVENT_TEXTS[event])] as const;
    });
  const updates = (Object.keys(UPDATE_TYPES) as UpdateType[]).map((type) => {
    const id = updateName(type);
    return [id, message(id, `agent_update: ${type}`, UPDATE_TEXTS[type])] as const;
  });
  return Object.fromEntries([...events, ...updates]);
}

function message(id: string, title: string, summary: string): Message {
  return {
    name: id,
    title,
    summary,
    contentType: 'application/json',
    payload: { $ref: `${SCHEMAS}${id}` },
  };
}
