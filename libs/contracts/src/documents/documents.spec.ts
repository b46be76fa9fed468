import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { CLIENT_EVENTS } from '../client-events.js';
import { SERVER_EVENTS } from '../server-events.js';
import { UPDATE_TYPES } from '../agent-update.js';
import { generatedFiles } from './generated-files.js';
import { asyncApiDocument, openApiDocument, protocolReference, type JsonSchema } from './index.js';

/** Every `$ref` of a document that leads nowhere. */
function brokenReferences(document: JsonSchema): string[] {
  const broken: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref' && lookUp(document, String(value)) === undefined)
        broken.push(String(value));
      else visit(value);
    }
  };
  visit(document);
  return broken;
}

function lookUp(document: JsonSchema, reference: string): unknown {
  return reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((node, key) => (node as JsonSchema | undefined)?.[key], document);
}

describe('docs/protocol', () => {
  it.each(Object.keys(generatedFiles()))(
    'holds the current %s (else: npm run documents -w @hil/contracts)',
    (name) => {
      const file = new URL(`../../../../docs/protocol/${name}`, import.meta.url);
      expect(readFileSync(file, 'utf8')).toBe(generatedFiles()[name]);
    },
  );
});

describe('asyncApiDocument', () => {
  const document = asyncApiDocument();
  const schemas = lookUp(document, '#/components/schemas') as Record<string, JsonSchema>;
  // Formats are checked by zod at run time; here the shapes are compared.
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'async', components: { schemas } });
  const check = (name: string, frame: unknown) =>
    ajv.validate({ $ref: `async#/components/schemas/${name}` }, frame);

  it('has no reference that leads nowhere, and no root that refers to itself', () => {
    expect(brokenReferences(document)).toEqual([]);
    for (const [name, schema] of Object.entries(schemas)) {
      expect([name, schema['$ref']]).toEqual([name, undefined]);
    }
  });

  it('has a message for every event and every type of update', () => {
    const names = Object.keys(lookUp(document, '#/components/messages') as object);
    const expected = [
      ...Object.keys(CLIENT_EVENTS).map((name) => `client.${name}`),
      ...Object.keys(SERVER_EVENTS)
        .filter((name) => name !== 'agent_update')
        .map((name) => `server.${name}`),
      ...Object.keys(UPDATE_TYPES).map((name) => `update.${name}`),
    ];
    expect(names.sort()).toEqual(expected.sort());
  });

  it('accepts what the protocol accepts and refuses the rest', () => {
    const session_id = 'b7f6e4a0-58c5-4c41-9d3a-d32d53f0a001';
    expect(check('client.chat_message', { event: 'chat_message', data: { message: 'hi' } })).toBe(
      true,
    );
    expect(check('client.chat_message', { event: 'chat_message', data: {} })).toBe(false);
    const update = {
      type: 'status',
      timestamp: '2026-01-01T00:00:00Z',
      stage: 'planning',
      session_id,
      run_id: session_id,
      seq: 1,
      attempt: 1,
      data: { message: 'planning', state: 'planning', added_later: true },
    };
    expect(check('update.status', { event: 'agent_update', data: update })).toBe(true);
    const wrong = { ...update, data: { message: 'planning', state: 'dreaming' } };
    expect(check('update.status', { event: 'agent_update', data: wrong })).toBe(false);
  });
});

describe('openApiDocument', () => {
  const document = openApiDocument();
  const paths = document['paths'] as Record<string, Record<string, JsonSchema>>;

  it('has no reference that leads nowhere', () => {
    expect(brokenReferences(document)).toEqual([]);
  });

  it('describes each route once, with an operation id of its own', () => {
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map((operation) => operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(paths)).toHaveLength(23);
  });

  it('declares every parameter that a path names', () => {
    for (const [path, methods] of Object.entries(paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const operation of Object.values(methods)) {
        const declared = (operation['parameters'] as JsonSchema[])
          .filter((parameter) => parameter['in'] === 'path')
          .map((parameter) => parameter['name']);
        expect(declared).toEqual(named);
      }
    }
  });

  it('answers each refusal with the status of its code', () => {
    const responses = paths['/api/approvals/{id}']?.['post']?.['responses'] as Record<
      string,
      JsonSchema
    >;
    expect(responses['409']?.['description']).toBe(
      'approval_stale, approval_already_decided, run_ended',
    );
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '409', '429']);
  });
});

describe('protocolReference', () => {
  it('links only to headings it has', () => {
    const page = protocolReference();
    const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map((match) => `#${match[1]?.toLowerCase()}`);
    const links = [...page.matchAll(/\]\((#[^)]+)\)/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !anchors.includes(link ?? ''))).toEqual([]);
  });

  it('gives each error code its status and a sentence', () => {
    expect(protocolReference()).toMatch(/\| `approval_stale` \| 409 \| .+\. \|/);
  });
});
