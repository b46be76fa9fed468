import { indentMap, type IndentMap } from './indent-map.js';

/** One line of a text with its place; `ending` is empty on a last line without one. */
export interface Line {
  start: number;
  /** Without the line ending. */
  text: string;
  ending: string;
}

/** Every line of a text; a final line ending starts no further line. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const at = text.indexOf('\n', start);
    const end = at === -1 ? text.length : at;
    const carriage = at !== -1 && text[end - 1] === '\r' ? 1 : 0;
    lines.push({
      start,
      text: text.slice(start, end - carriage),
      ending: at === -1 ? '' : text.slice(end - carriage, end + 1),
    });
    start = end + 1;
  }
  return lines;
}

/** How far sent lines may differ from those of the file. */
export type Tolerance = 'line-trimmed' | 'indent' | 'blank-lines';

/** Where sent lines are in a file. */
export interface Alignment {
  /** For each sent line the index of the line in the file; -1 for an empty line that is not there. */
  at: number[];
  /** The indentation of the file for a line as it was sent. */
  map: IndentMap;
}

const isBlank = (line: string | undefined): boolean => line !== undefined && line.trim() === '';

/** Every place, none over another, where the sent lines are lines of the file within a tolerance. */
export function alignments(
  file: readonly Line[],
  sent: readonly string[],
  tolerance: Tolerance,
): Alignment[] {
  const first = sent.findIndex((line) => !isBlank(line));
  if (first === -1) return [];
  const found: Alignment[] = [];
  const wanted = (sent[first] ?? '').trim();
  for (let start = 0; start < file.length; start += 1) {
    if (file[start]?.text.trim() !== wanted) continue;
    const at =
      tolerance === 'blank-lines'
        ? alignLoosely(file, sent, first, start)
        : alignStrictly(file, sent, start - first);
    const map = at && mapOf(file, sent, at, tolerance);
    if (!at || !map) continue;
    found.push({ at, map });
    start = Math.max(start, ...at);
  }
  return found;
}

function alignStrictly(
  file: readonly Line[],
  sent: readonly string[],
  start: number,
): number[] | null {
  if (start < 0 || start + sent.length > file.length) return null;
  const same = sent.every((line, index) => file[start + index]?.text.trim() === line.trim());
  return same ? sent.map((_, index) => start + index) : null;
}

/** Empty lines may be missing on either side; those on both sides stand for each other. */
function alignLoosely(
  file: readonly Line[],
  sent: readonly string[],
  first: number,
  start: number,
): number[] | null {
  const at = new Array<number>(sent.length).fill(-1);
  for (let back = 1; back <= first && isBlank(file[start - back]?.text); back += 1)
    at[first - back] = start - back;
  let next = start;
  const last = sent.findLastIndex((line) => !isBlank(line));
  for (let index = first; index < sent.length; index += 1) {
    if (isBlank(sent[index])) {
      if (isBlank(file[next]?.text)) at[index] = next++;
      continue;
    }
    while (index <= last && isBlank(file[next]?.text)) next += 1;
    if (file[next]?.text.trim() !== sent[index]?.trim()) return null;
    at[index] = next++;
  }
  return at;
}

function mapOf(
  file: readonly Line[],
  sent: readonly string[],
  at: readonly number[],
  tolerance: Tolerance,
): IndentMap | null {
  const pairs = sent.flatMap((line, index) => {
    const found = file[at[index] ?? -1]?.text;
    return found === undefined || isBlank(line) ? [] : [{ sent: line, found }];
  });
  const map = indentMap(pairs);
  if (!map || tolerance !== 'line-trimmed') return map;
  return pairs.every(({ sent: a, found: b }) => a.trimEnd() === b.trimEnd()) ? map : null;
}
