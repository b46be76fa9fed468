import { lineEndingOf, withLineEnding } from '../overlay/text-file.js';
import { lineAt, type TextEdit } from '../text/text-edit.js';
import { alignments, linesOf, type Line, type Tolerance } from './align-lines.js';
import { graft, type GraftProblem } from './graft.js';
import { nearestLines, type NearLine } from './nearest-lines.js';

export type { NearLine } from './nearest-lines.js';

/** How the text was found. */
export type MatchKind = 'exact' | Tolerance;

export type MatchResult =
  | { ok: true; edits: TextEdit[]; how: MatchKind }
  | { ok: false; message: string; nearest: NearLine[] };

const TOLERANCES = ['line-trimmed', 'indent', 'blank-lines'] as const;

/**
 * Finds `search` in a text: exact, then whole lines that differ in trailing blanks alone, then whole lines
 * whose indentation differs in one and the same way, then the same with empty lines left out. The first of
 * the four that finds anything decides, and it must find exactly `expected` places: a guess between two
 * places is never made. Beyond the exact one, lines that `search` and `replace` have in common stay as they
 * are in the file (docs/adr/0006-matching.md).
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
  if (exact.length > 0) {
    const replacement = withLineEnding(replace, ending);
    const edits = exact.map((start) => ({ start, end: start + wanted.length, text: replacement }));
    return counted(text, edits, expected, 'exact');
  }
  const lines = linesOf(text);
  const plain = withLineEnding(search, '\n');
  // A last line ending that `replace` lacks is one that goes: then the line after it is empty or none of ours.
  const closed = plain.endsWith('\n') && (replace === '' || replace.endsWith('\n'));
  const sent = splitLines(plain, closed);
  const replacement = splitLines(withLineEnding(replace, '\n'), closed);
  for (const how of TOLERANCES) {
    const found = alignments(lines, sent, how);
    if (found.length === 0) continue;
    const edits: TextEdit[] = [];
    for (const alignment of found) {
      const edit = graft(lines, alignment, sent, replacement, closed);
      if (typeof edit === 'string')
        return unclear(lines, Math.max(...alignment.at.slice(0, 1), 0), edit);
      edits.push(edit);
    }
    return counted(text, edits, expected, how);
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

/** The lines of a text; of a closed one without the empty rest after its last line ending. */
function splitLines(text: string, closed: boolean): string[] {
  const lines = text.split('\n');
  if (closed && lines.at(-1) === '') lines.pop();
  return lines;
}

function counted(text: string, edits: TextEdit[], expected: number, how: MatchKind): MatchResult {
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

function unclear(lines: readonly Line[], index: number, problem: GraftProblem): MatchResult {
  const why =
    problem === 'blank-lines'
      ? 'has other empty lines beside the change in the file, so it is not clear where the change goes'
      : 'is indented otherwise in the file, and a new line can not be indented the same way';
  return {
    ok: false,
    message: `The text to replace ${why}. Copy the lines as they are in the file, from line ${index + 1}.`,
    nearest: [{ line: index + 1, text: (lines[index]?.text ?? '').slice(0, 200) }],
  };
}
