import { createColors } from 'picocolors';

export type Colours = ReturnType<typeof createColors>;

/** What the terminal can show; off for pipes and NO_COLOR. */
export function terminalColours(enabled: boolean): Colours {
  return createColors(enabled);
}

/**
 * Text from a repository, a test or a model as it may be shown: without control characters, which
 * could move the cursor and forge what the person reads before a decision. Line breaks and tabs stay.
 */
export function plain(text: string): string {
  // Built from code points: C0 without tab and line feed, DEL, C1, and the bidirectional controls.
  return text.replace(CONTROLS, '');
}

const CONTROLS = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]',
  'g',
);

/** Each line indented by some spaces. */
export function indent(text: string, spaces: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
