import { describe, expect, it } from '@jest/globals';
import { demultiplex } from './demultiplex.js';

const frame = (kind: number, text: string) => {
  const header = Buffer.alloc(8);
  header.writeUInt8(kind, 0);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};
async function* inPieces(data: Buffer, size: number) {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}
const read = async (data: Buffer, size: number) => {
  const text = { stdout: '', stderr: '' };
  for await (const [stream, piece] of demultiplex(inPieces(data, size))) {
    text[stream] += piece.toString('latin1');
  }
  return text;
};

describe('demultiplex', () => {
  const data = Buffer.concat([
    frame(1, 'one '),
    frame(2, 'wrong '),
    frame(1, ''),
    frame(1, 'x'.repeat(300)),
    frame(2, 'end'),
  ]);

  it.each([1, 3, 7, 8, 9, 64, 100_000])(
    'finds both streams when %i bytes come at once',
    async (size) => {
      expect(await read(data, size)).toEqual({
        stdout: `one ${'x'.repeat(300)}`,
        stderr: 'wrong end',
      });
    },
  );

  it('does not read on while a piece is being worked on', async () => {
    let given = 0;
    async function* source() {
      for (const piece of [frame(1, 'a'), frame(1, 'b'), frame(1, 'c')]) {
        given += 1;
        yield piece;
      }
    }
    const pieces = demultiplex(source());
    await pieces.next();
    expect(given).toBe(1);
    await pieces.next();
    expect(given).toBe(2);
  });

  it('refuses what is not a frame', async () => {
    await expect(read(Buffer.from('plain text of a terminal'), 100)).rejects.toThrow('format');
  });
});
