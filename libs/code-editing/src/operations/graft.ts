import { diffArrays } from 'diff';
import type { TextEdit } from '../text/text-edit.js';
import type { Alignment, Line } from './align-lines.js';

/** Why lines that were found can't be replaced without a guess. */
export type GraftProblem = 'indentation' | 'blank-lines';

/**
 * Makes the difference between the sent lines and their replacement on the lines of the file: a line that
 * both have stays byte for byte as the file has it, a new line gets the file's indentation and ending.
 * The answer is a problem where the change stands beside an empty line that only one side has, since it
 * could go before or after that line.
 *
 * @param closed true when the sent text ended its last line
 */
export function graft(
  file: readonly Line[],
  { at, map }: Alignment,
  sent: readonly string[],
  replacement: readonly string[],
  closed: boolean,
): TextEdit | GraftProblem {
  const known = at.filter((index) => index !== -1);
  const [from, to] = [Math.min(...known), Math.max(...known)];
  const ending = file[from]?.ending || file[from - 1]?.ending || '\n';
  const out: string[] = [];
  /** The next sent line, and the first line of the file that is not dealt with. */
  let index = 0;
  let next = from;
  const parts = diffArrays(trimmed(sent), trimmed(replacement));
  for (const [position, part] of parts.entries()) {
    if (part.added) {
      if (parts[position - 1]?.removed !== true && !isPlain(at, index, index)) return 'blank-lines';
      for (const line of part.value) {
        const mapped = line === '' ? '' : map(line);
        if (mapped === null) return 'indentation';
        out.push(mapped + ending);
      }
    } else if (part.removed) {
      if (!isPlain(at, index, index + part.value.length)) return 'blank-lines';
      index += part.value.length;
      next = (at[index - 1] ?? next) + 1;
    } else {
      for (const _ of part.value) {
        const place = at[index++] ?? -1;
        if (place === -1) continue;
        for (; next <= place; next += 1) out.push(lineAt(file, next, ending));
      }
    }
  }
  const last = file[to];
  const open = !closed || last?.ending === '';
  const text = out.join('');
  return {
    start: file[from]?.start ?? 0,
    end: (last?.start ?? 0) + (last?.text.length ?? 0) + (open ? 0 : (last?.ending.length ?? 0)),
    text: open ? text.replace(/\r?\n$/, '') : text,
  };
}

const trimmed = (lines: readonly string[]): string[] => lines.map((line) => line.trimEnd());

function lineAt(file: readonly Line[], index: number, ending: string): string {
  const line = file[index];
  return line ? line.text + (line.ending || ending) : '';
}

/** True when the sent lines from `start` up to `end`, and those beside them, follow each other in the file. */
function isPlain(at: readonly number[], start: number, end: number): boolean {
  const around = at.slice(Math.max(0, start - 1), end + 1);
  return around.every(
    (place, index) => place !== -1 && (index === 0 || place === (around[index - 1] ?? 0) + 1),
  );
}
