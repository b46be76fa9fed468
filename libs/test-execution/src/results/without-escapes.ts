const ESC = String.fromCharCode(0x1b);
const BELL = String.fromCharCode(0x07);
const END = String.fromCharCode(0x9c);
/** The same introducers as one character: the eight-bit controls of ECMA-48. */
const [CSI, OSC, DCS] = [0x9b, 0x9d, 0x90].map((code) => String.fromCharCode(code));

/** Whole sequences of ECMA-48: colours and cursor, then titles and links with their text, then the short ones. */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `(?:${ESC}[\\]PX^_]|[${OSC}${DCS}])[^${BELL}${ESC}${END}]*(?:${BELL}|${END}|${ESC}\\\\)`,
    `${ESC}[ -/]*[0-~]`,
  ].join('|'),
  'g',
);
const CONTROL = /(?![\t\n])\p{Cc}/gu;
/** They make a terminal or browser show characters in another order than they are in. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a stranger's program as plain text: no escape sequence, so no colours, titles, links, answers of a
 * terminal; no other control character than tab and newline, a carriage return being a space; nothing that turns
 * the reading order around. In time linear in the length.
 */
export function withoutEscapes(text: string): string {
  return text
    .replace(SEQUENCES, '')
    .replace(/\r\n/g, '\n')
    .replace(/\r/g, ' ')
    .replace(CONTROL, '')
    .replace(REORDERING, '');
}
