import { createHash } from 'node:crypto';
import { HilError } from '@hil/contracts';

/** How the bytes of a file become text; kept so that an edit changes nothing else. */
export type Encoding = 'utf8' | 'utf8-bom' | 'utf16le' | 'utf16be' | 'latin1';
export type LineEnding = '\n' | '\r\n';

/** One file as the overlay holds it. `text` has no BOM and keeps its own line endings. */
export interface FileContent {
  readonly text: string;
  readonly encoding: Encoding;
  /** Permission bits, such as 0o644 or 0o755. */
  readonly mode: number;
}

const UTF8_BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** The text of the bytes, or null for a binary file (a NUL outside of UTF-16). */
export function decode(bytes: Buffer): { text: string; encoding: Encoding } | null {
  if (bytes.subarray(0, 3).equals(UTF8_BOM)) {
    return { text: bytes.subarray(3).toString('utf8'), encoding: 'utf8-bom' };
  }
  if (bytes.length % 2 === 0 && bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { text: bytes.subarray(2).toString('utf16le'), encoding: 'utf16le' };
  }
  if (bytes.length % 2 === 0 && bytes[0] === 0xfe && bytes[1] === 0xff) {
    return {
      text: Buffer.from(bytes.subarray(2)).swap16().toString('utf16le'),
      encoding: 'utf16be',
    };
  }
  if (bytes.includes(0)) return null;
  const text = bytes.toString('utf8');
  // Bytes that are no UTF-8 would be lost as U+FFFD: read them one to one instead.
  if (Buffer.from(text, 'utf8').equals(bytes)) return { text, encoding: 'utf8' };
  return { text: bytes.toString('latin1'), encoding: 'latin1' };
}

/** The bytes of a text; null when the encoding can't express it (a character over U+00FF in latin1). */
function encode(text: string, encoding: Encoding): Buffer | null {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text, 'utf8');
    case 'utf8-bom':
      return Buffer.concat([UTF8_BOM, Buffer.from(text, 'utf8')]);
    case 'utf16le':
      return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    case 'utf16be':
      return Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, 'utf16le').swap16()]);
    case 'latin1':
      return [...text].every((char) => char <= '\u00ff') ? Buffer.from(text, 'latin1') : null;
  }
}

/** The line ending most lines have; `\n` for a text of one line. */
export function lineEndingOf(text: string): LineEnding {
  const crlf = text.split('\r\n').length - 1;
  const all = text.split('\n').length - 1;
  return crlf * 2 > all ? '\r\n' : '\n';
}

/** The text with every line ending as given. */
export function withLineEnding(text: string, ending: LineEnding): string {
  const plain = text.replaceAll('\r\n', '\n');
  return ending === '\n' ? plain : plain.replaceAll('\n', '\r\n');
}

/** The id git gives a blob of these bytes: SHA-1 of `blob <length>\0<bytes>`. */
export function blobId(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The bytes of a content. @throws HilError `validation_error` when its encoding can't hold the text */
export function contentBytes(name: string, content: FileContent): Buffer {
  const bytes = encode(content.text, content.encoding);
  if (bytes) return bytes;
  throw new HilError(
    'validation_error',
    `${name} is not UTF-8, and the new text has characters its encoding can't hold. Convert the file to UTF-8 first.`,
  );
}

/** New lines get the ending of the file; a file of mixed endings keeps what the edit says. */
export function keepEndings(before: string, after: string): string {
  const ending = lineEndingOf(before);
  const mixed = before !== withLineEnding(before, ending);
  return mixed ? after : withLineEnding(after, ending);
}
