import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** A piece is sent once it is this long, in characters. */
const PIECE = 65_536;
/** Objects are written field by field down to here: envelope, job, graph, its parts. */
const FIELDWISE_DEPTH = 4;

/**
 * The JSON text of a value, as `JSON.stringify` writes it, in pieces: lists are written item by item. The
 * graph of 100,000 files is longer than the longest string there is (512 MB), and one text would
 * keep the process from answering anyone else while it is made.
 */
export function* jsonPieces(value: unknown): Generator<string> {
  let piece = '';
  for (const text of textsOf(value, FIELDWISE_DEPTH)) {
    piece += text;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** A response that is written as fast as the client reads it. */
export function streamedJson(value: unknown): StreamableFile {
  return new StreamableFile(Readable.from(jsonPieces(value)), {
    type: 'application/json; charset=utf-8',
  });
}

function* textsOf(value: unknown, depth: number): Generator<string> {
  if (Array.isArray(value)) {
    yield '[';
    for (const [index, item] of value.entries())
      yield `${index === 0 ? '' : ','}${JSON.stringify(item) ?? 'null'}`;
    yield ']';
    return;
  }
  if (!isRecord(value) || depth === 0) {
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  let before = '{';
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* textsOf(field, depth - 1);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** Dates and classes of their own say themselves how they are written. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
