import { type OutputStream } from '../sandbox.js';

const HEADER_BYTES = 8;

/**
 * Splits the stream of an attached container, whose frames are `[stream, 0, 0, 0, length (4 bytes, big
 * endian)]` and payload, into pieces of stdout and stderr. Reads only when asked for the next piece and
 * never gathers a frame, so a slow listener stops the container instead of filling our memory.
 * (docker-modem's own demuxStream ignores back-pressure.) Throws on a frame that is none.
 * @see https://docs.docker.com/reference/api/engine/ "Attach to a container", stream format
 */
export async function* demultiplex(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<readonly [OutputStream, Buffer]> {
  let header = Buffer.alloc(0);
  let stream: OutputStream = 'stdout';
  let left = 0;
  for await (const data of source) {
    let rest = data;
    while (rest.length > 0) {
      if (left === 0) {
        const need = HEADER_BYTES - header.length;
        header = Buffer.concat([header, rest.subarray(0, need)]);
        rest = rest.subarray(need);
        if (header.length < HEADER_BYTES) break;
        const kind = header.readUInt8(0);
        if (kind > 2 || header.readUIntBE(1, 3) !== 0) {
          throw new Error('the Docker daemon sent output in a format that is not understood');
        }
        stream = kind === 2 ? 'stderr' : 'stdout';
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const piece = rest.subarray(0, left);
      rest = rest.subarray(piece.length);
      left -= piece.length;
      yield [stream, piece];
    }
  }
}
