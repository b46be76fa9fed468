import { pino, stdSerializers, stdTimeFunctions, type Logger } from 'pino';
import { prettyLine } from './pretty-line.js';
import { createRedactor, type Redactor } from './redactor.js';
import { redactSecretForms } from './secret-forms.js';

/** Where log lines go: standard output unless said otherwise. */
export interface LogDestination {
  write(line: string): unknown;
  isTTY?: boolean;
}

/** Options of {@link createLogger}. */
export interface LoggerOptions {
  /** The app, as it appears in each line. */
  name: string;
  /** A level of pino; default info. */
  level?: string;
  /** Secret values, or a redactor that is shared with other parts of the process. */
  secrets?: Iterable<string> | Redactor;
  destination?: LogDestination;
}

/**
 * A pino logger: one JSON object a line, short readable lines on a terminal. Whole lines are redacted, by
 * value and by form, so a secret is masked wherever it hides: message, fields, stack or nested error.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination: LogDestination = options.destination ?? process.stdout;
  const redactor = isRedactor(options.secrets) ? options.secrets : createRedactor(options.secrets);
  const present = destination.isTTY === true ? prettyLine : (line: string) => line;
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      serializers: { err: errorFacts, error: errorFacts },
    },
    {
      write: (line: string) => destination.write(present(redactSecretForms(redactor.redact(line)))),
    },
  );
}

/**
 * An error with its stack, causes and plain fields. Drivers hang whole connections on their errors, which
 * would make a line of megabytes that says no more.
 */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, ...fields } = stdSerializers.err(error);
  const plain = Object.entries(fields).filter(
    ([, value]) => value === null || typeof value !== 'object',
  );
  return { type, message, stack, ...Object.fromEntries(plain) };
}

function isRedactor(value: Iterable<string> | Redactor | undefined): value is Redactor {
  return value !== undefined && 'redact' in value;
}
