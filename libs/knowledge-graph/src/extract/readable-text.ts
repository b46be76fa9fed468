/** The text of a source, and what is wrong with its encoding. */
export interface DecodedSource {
  text: string;
  flaw: string | null;
}

/** UTF-8; UTF-16 by its mark; bytes that are neither become replacement characters. */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes);
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), flaw: null };
  } catch {
    const { text } = decoded('utf-8', bytes);
    return { text, flaw: 'not valid UTF-8, the odd bytes were replaced' };
  }
}

function decoded(encoding: string, bytes: Uint8Array): DecodedSource {
  return { text: new TextDecoder(encoding).decode(bytes), flaw: null };
}

/** Why a text is not worth reading as source, or null: binary or minified. */
export function unreadableReason(text: string): string | null {
  if (text.includes('\0')) return 'binary content';
  if (isMinified(text)) return 'minified';
  return null;
}

/**
 * Hand-written code rarely has lines over 500 characters; bundles are made of them. A file counts
 * as minified when it is over 5 kB and its average line is longer than 400 characters.
 */
function isMinified(text: string): boolean {
  if (text.length < 5_000) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines > 400;
}

/** Lines that hold more than blanks. */
export function filledLines(text: string): number {
  let lines = 0;
  let isFilled = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) isFilled = false;
    else if (!isFilled && code > 32) {
      isFilled = true;
      lines += 1;
    }
  }
  return lines;
}
