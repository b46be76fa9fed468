import { StringDecoder } from 'node:string_decoder';
import { Transform } from 'node:stream';
import type { Redactor } from './redactor.js';

/** A UTF-8 stream that masks secrets, also those cut by a chunk border. */
export function redactStream(redactor: Redactor): Transform {
  const decoder = new StringDecoder('utf8');
  const chunks = redactor.chunks();
  return new Transform({
    decodeStrings: true,
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunks.push(decoder.write(chunk)));
    },
    flush(done) {
      done(null, chunks.push(decoder.end()) + chunks.end());
    },
  });
}
