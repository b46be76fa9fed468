import { asyncApiDocument } from './async-api.js';
import { openApiDocument } from './open-api.js';
import { protocolReference } from './protocol-reference.js';
import { jsonSchemaDocument } from './schema-set.js';

/** The files of docs/protocol by name, as they have to be. */
export function generatedFiles(): Record<string, string> {
  const json = (document: object) => `${JSON.stringify(document, null, 2)}\n`;
  return {
    'asyncapi.json': json(asyncApiDocument()),
    'openapi.json': json(openApiDocument()),
    'schema.json': json(jsonSchemaDocument()),
    'README.md': protocolReference(),
  };
}
