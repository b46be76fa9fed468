import { lineAt, type TextEdit } from '../text/text-edit.js';
import { lineEndingOf, withLineEnding } from '../overlay/text-file.js';

/** A place that is almost what was searched for. */
export interface NearLine {
  /** 1-based. */
  line: number;
  text: string;
}

export type MatchResult =
  | { ok: true; edits: TextEdit[]; how: 'exact' | 'line-trimmed' | 'indent' }
  | { ok: false; message: string; nearest: NearLine[] };

interface Line {
  start: number;
  /** Without the line ending. */
  text: string;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const raw of text.split('\n')) {
    lines.push({ start, text: raw.endsWith('\r') ? raw.slice(0, -1) : raw });
    start += raw.length + 1;
  }
  return lines;
}

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/**
 * Finds `search` in a text: exact, then whole lines that differ in trailing blanks alone, then whole lines
 * whose indentation is shifted by the same amount. The first of the three that finds anything decides, and
 * it must find exactly `expected` places: a guess between two places is never made.
 */
export function match(
  text: string,
  search: string,
  replace: string,
  expected: number,
): MatchResult {
  const ending = lineEndingOf(text);
  const wanted = withLineEnding(search, ending);
  const exact = occurrences(text, wanted);
  const replacement = withLineEnding(replace, ending);
  if (exact.length > 0) {
    const edits = exact.map((start) => ({ start, end: start + wanted.length, text: replacement }));
    return counted(text, edits, expected, 'exact');
  }
  const lines = linesOf(text);
  for (const how of ['line-trimmed', 'indent'] as const) {
    const edits = wholeLineMatches(text, lines, wanted, replacement, how);
    if (edits.length > 0) return counted(text, edits, expected, how);
  }
  const nearest = nearestLines(lines, search);
  const hint =
    nearest.length > 0
      ? ` The nearest lines are ${nearest.map(({ line }) => line).join(', ')}.`
      : '';
  return { ok: false, message: `The text to replace is not in the file.${hint}`, nearest };
}

/** Offsets of every occurrence that does not overlap the one before. */
export function occurrences(text: string, wanted: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    found.push(at);
  return found;
}

function counted(
  text: string,
  edits: TextEdit[],
  expected: number,
  how: 'exact' | 'line-trimmed' | 'indent',
): MatchResult {
  if (edits.length === expected) return { ok: true, edits, how };
  const lines = edits.map(({ start }) => lineAt(text, start));
  const places = `${edits.length} ${edits.length === 1 ? 'place' : 'places'} (line ${lines.slice(0, 10).join(', ')}${lines.length > 10 ? ', ...' : ''})`;
  const advice =
    edits.length > expected
      ? 'Add more context, or set expected_count.'
      : 'Set expected_count to what is there.';
  const all = text.split('\n');
  return {
    ok: false,
    message: `The text to replace is in ${places}, but ${expected} expected. ${advice}`,
    nearest: lines
      .slice(0, 10)
      .map((line) => ({ line, text: (all[line - 1] ?? '').trimEnd().slice(0, 200) })),
  };
}

function wholeLineMatches(
  text: string,
  lines: readonly Line[],
  search: string,
  replace: string,
  how: 'line-trimmed' | 'indent',
): TextEdit[] {
  const closed = search.endsWith('\n');
  const wanted = linesOf(search).map((line) => line.text.trimEnd());
  if (closed) wanted.pop();
  if (wanted.every((line) => line === '')) return [];
  const edits: TextEdit[] = [];
  for (let at = 0; at + wanted.length <= lines.length; at += 1) {
    const window = lines.slice(at, at + wanted.length).map((line) => line.text.trimEnd());
    const shift =
      how === 'indent'
        ? indentShift(wanted, window)
        : window.every((line, index) => line === wanted[index])
          ? { from: '', to: '' }
          : null;
    if (!shift) continue;
    const last = lines[at + wanted.length - 1];
    const next = lines[at + wanted.length];
    if (closed && !next) continue;
    const end = closed
      ? (next?.start ?? text.length)
      : (last?.start ?? 0) + (last?.text.length ?? 0);
    edits.push({ start: lines[at]?.start ?? 0, end, text: shiftIndent(replace, shift) });
    at += wanted.length - 1;
  }
  return edits;
}

/** `from` is removed from the start of each line and `to` put there; or null when lines are shifted unevenly. */
interface IndentShift {
  from: string;
  to: string;
}

function indentShift(wanted: readonly string[], window: readonly string[]): IndentShift | null {
  let shift: IndentShift | null = null;
  for (const [index, line] of wanted.entries()) {
    const found = window[index] ?? '';
    if (line.trimStart() !== found.trimStart()) return null;
    if (line === '') continue;
    const [a, b] = [indentOf(line), indentOf(found)];
    const here: IndentShift | null = b.endsWith(a)
      ? { from: '', to: b.slice(0, b.length - a.length) }
      : a.endsWith(b)
        ? { from: a.slice(0, a.length - b.length), to: '' }
        : null;
    if (!here || (shift && (shift.from !== here.from || shift.to !== here.to))) return null;
    shift = here;
  }
  return shift;
}

function shiftIndent(text: string, { from, to }: IndentShift): string {
  if (from === '' && to === '') return text;
  return text
    .split('\n')
    .map((line) =>
      line.trim() === '' ? line : to + (line.startsWith(from) ? line.slice(from.length) : line),
    )
    .join('\n');
}

/** The lines most like the search text: whole windows first, then single lines by shared words. */
function nearestLines(lines: readonly Line[], search: string): NearLine[] {
  const wanted = search
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const sets = wanted.slice(0, 40).map(words);
  if (sets.length === 0) return [];
  const scores = lines.map(({ text }, index) => {
    const first = similarity(words(text), sets[0] ?? new Set());
    if (first < 0.3) return { index, score: first };
    let score = 0;
    for (const [offset, set] of sets.entries())
      score += similarity(words(lines[index + offset]?.text ?? ''), set);
    return { index, score: Math.max(first * 0.5, score / sets.length) };
  });
  return scores
    .filter(({ score }) => score >= 0.25)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, 3)
    .map(({ index }) => ({ line: index + 1, text: (lines[index]?.text ?? '').slice(0, 200) }));
}

function words(line: string): Set<string> {
  return new Set(line.match(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu) ?? []);
}

/** Dice's coefficient of two sets of words. */
function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const word of a) if (b.has(word)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}
