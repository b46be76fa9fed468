export { asyncApiDocument } from './async-api.js';
export { openApiDocument } from './open-api.js';
export { protocolReference } from './protocol-reference.js';
export { jsonSchemaDocument, type JsonSchema } from './schema-set.js';
