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
  /** The next sent line, the next new one, and the first line of the file that is not dealt with. */
  let index = 0;
  let fresh = 0;
  let next = from;
  const parts = diffArrays([...sent], [...replacement]);
  const endings = trailingBlanks(file, at, sent);
  for (const [position, part] of parts.entries()) {
    const count = part.value.length;
    if (part.added || part.removed) {
      const paired = part.added ? parts[position - 1]?.removed : parts[position + 1]?.added;
      const range = part.removed ? count : 0;
      if (!(part.added && paired) && !isPlain(at, index, index + range)) return 'blank-lines';
      if (
        !paired &&
        !slides(sent, part.value, index, range).every((by) =>
          isPlain(at, index + by, index + by + range),
        )
      )
        return 'blank-lines';
    }
    if (part.added) {
      for (const line of replacement.slice(fresh, fresh + count)) {
        const mapped = line.trim() === '' ? line : map(line);
        if (mapped === null) return 'indentation';
        const blanks = endings.get(line);
        out.push((blanks === undefined ? mapped : mapped.trimEnd() + blanks) + ending);
      }
    } else if (part.removed) {
      index += count;
      next = (at[index - 1] ?? next) + 1;
    } else {
      const beside = { before: parts[position - 1]?.value, after: parts[position + 1]?.value };
      if (besideCopy(at, sent, [index, index + count], beside)) return 'blank-lines';
      for (const place of at.slice(index, index + count)) {
        for (; place !== -1 && next <= place; next += 1) out.push(lineAt(file, next, ending));
      }
      index += count;
    }
    if (!part.removed) fresh += count;
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

/**
 * How the file ends each line that was sent with other blanks at its end. A new line that is written just
 * like such a line has them by the same mistake.
 */
function trailingBlanks(
  file: readonly Line[],
  at: readonly number[],
  sent: readonly string[],
): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, line] of sent.entries()) {
    const text = file[at[index] ?? -1]?.text;
    if (text === undefined || line.trim() === '') continue;
    const blanks = text.slice(text.trimEnd().length);
    if (line.slice(line.trimEnd().length) !== blanks) found.set(line, blanks);
  }
  return found;
}

function lineAt(file: readonly Line[], index: number, ending: string): string {
  const line = file[index];
  return line ? line.text + (line.ending || ending) : '';
}

/**
 * How many lines up (negative) or down a block of lines can be thought to be added or removed instead, with
 * the same outcome: `a b` between `b` and `c` is `b a` before that `b`.
 */
function slides(
  sent: readonly string[],
  block: readonly string[],
  index: number,
  range: number,
): number[] {
  const same = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && a.trimEnd() === b?.trimEnd();
  const found: number[] = [];
  const around = (at: number): string | undefined =>
    block[((at % block.length) + block.length) % block.length];
  for (let up = 1; same(sent[index - up], around(-up)); up += 1) found.push(-up);
  for (let down = 0; same(sent[index + range + down], around(down)); down += 1)
    found.push(down + 1);
  return found;
}

/**
 * True when an empty line of the file that was not sent stands between two lines that stay, and the change above
 * has a copy of the upper one, or the change below one of the lower: read with that copy, the change goes as far
 * as the empty line, and could go before or after it.
 */
function besideCopy(
  at: readonly number[],
  sent: readonly string[],
  [start, end]: readonly [number, number],
  changes: { before?: readonly string[] | undefined; after?: readonly string[] | undefined },
): boolean {
  const [before, after] = [changes.before ?? [], changes.after ?? []].map(
    (lines) => new Set(lines.map((line) => line.trim())),
  );
  for (let index = start; index + 1 < end; index += 1) {
    const [upper, lower] = [at[index] ?? -1, at[index + 1] ?? -1];
    if (upper === -1 || lower <= upper + 1) continue;
    if (before?.has(sent[index]?.trim() ?? '') || after?.has(sent[index + 1]?.trim() ?? ''))
      return true;
  }
  return false;
}

/** True when the sent lines from `start` up to `end`, and those beside them, follow each other in the file. */
function isPlain(at: readonly number[], start: number, end: number): boolean {
  const around = at.slice(Math.max(0, start - 1), end + 1);
  return around.every(
    (place, index) => place !== -1 && (index === 0 || place === (around[index - 1] ?? 0) + 1),
  );
}
