import { z } from 'zod';
import { CLIENT_EVENTS, type ClientEvent, type ClientEventName } from './client-events.js';
import { HilError } from './hil-error.js';

/** A frame that could not be accepted, with what is known of it so that the answer can name it. */
export class FrameError extends HilError {
  constructor(
    code: 'validation_error' | 'unknown_event',
    message: string,
    readonly event: string,
    readonly id: string | undefined,
    details?: Record<string, unknown>,
  ) {
    super(code, message, details === undefined ? {} : { details });
    this.name = 'FrameError';
  }
}

/**
 * Reads one text frame of a client: `{"event": NAME, "data": {...}}` or `{"type": NAME, ...fields}`.
 * @throws FrameError with `validation_error` or `unknown_event`
 */
export function parseClientFrame(text: string): ClientEvent {
  const frame = parseObject(text);
  const name = typeof frame['event'] === 'string' ? frame['event'] : frame['type'];
  if (typeof name !== 'string') {
    throw new FrameError(
      'validation_error',
      'the frame names no event: send {"event": NAME, "data": {...}}',
      'message',
      undefined,
    );
  }
  const data = typeof frame['event'] === 'string' ? (frame['data'] ?? {}) : withoutType(frame);
  const id = isObject(data) && typeof data['id'] === 'string' ? data['id'] : undefined;
  if (!Object.hasOwn(CLIENT_EVENTS, name)) {
    throw new FrameError(
      'unknown_event',
      `unknown event "${name.slice(0, 64)}"`,
      name.slice(0, 64),
      id,
      {
        known: Object.keys(CLIENT_EVENTS),
      },
    );
  }
  const parsed = CLIENT_EVENTS[name as ClientEventName].safeParse(data);
  if (!parsed.success) {
    throw new FrameError('validation_error', z.prettifyError(parsed.error), name, id);
  }
  return { event: name, data: parsed.data } as ClientEvent;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError('validation_error', 'the frame is not JSON', 'message', undefined);
  }
  if (!isObject(value)) {
    throw new FrameError(
      'validation_error',
      'the frame is not a JSON object',
      'message',
      undefined,
    );
  }
  return value;
}

function withoutType(frame: Record<string, unknown>): Record<string, unknown> {
  const { type: _type, ...fields } = frame;
  return fields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
