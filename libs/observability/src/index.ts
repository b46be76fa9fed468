export { createLogger, type LogDestination, type LoggerOptions } from './logger.js';
export { type Logger } from 'pino';
export { createRedactor, type ChunkRedactor, type Redactor } from './redactor.js';
export { SECRET_FORMS, redactSecretForms, type SecretForm } from './secret-forms.js';
export { redactStream } from './redact-stream.js';
export { createMetrics, type Metrics } from './metrics.js';
