/** One hunk of a file's unified diff. */
export interface Hunk {
  /** `path#number`, numbered in the file from 1; `path#1` for a file without any (binary, mode, pure rename). */
  id: string;
  file: string;
  header: string;
  /** With its header; empty for a file without hunks. */
  text: string;
}

/** 0-based first line and number of lines on each side. */
export interface HunkRange {
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * The hunks of one file's diff, as `git diff` writes it. The lines of a hunk are counted, so that a line
 * that looks like a header stays one of its lines.
 */
export function hunksOf(file: string, diff: string): Hunk[] {
  const hunks: Hunk[] = [];
  let left = { old: 0, new: 0 };
  for (const line of diff.split(/(?<=\n)/)) {
    const range = left.old > 0 || left.new > 0 ? null : readHeader(line);
    if (range !== null) {
      left = { old: range.oldCount, new: range.newCount };
      const header = line.trimEnd();
      hunks.push({ id: `${file}#${hunks.length + 1}`, file, header, text: line });
      continue;
    }
    const last = hunks.at(-1);
    if (last === undefined) continue;
    last.text += line;
    if (line.startsWith('-') || line.startsWith(' ')) left.old -= 1;
    if (line.startsWith('+') || line.startsWith(' ')) left.new -= 1;
  }
  return hunks.length > 0 ? hunks : [{ id: `${file}#1`, file, header: '', text: '' }];
}

/** The places a hunk's header names; null for a line that is none. */
export function readHeader(line: string): HunkRange | null {
  const match = HEADER.exec(line);
  if (match === null) return null;
  const [, oldStart = '0', oldCount = '1', newStart = '0', newCount = '1'] = match;
  const first = (start: string, count: string): number => Number(start) - (count === '0' ? 0 : 1);
  return {
    oldStart: first(oldStart, oldCount),
    oldCount: Number(oldCount),
    newStart: first(newStart, newCount),
    newCount: Number(newCount),
  };
}

/**
 * The bytes of a file with some of its hunks: the lines of `after` where one is accepted, else those of
 * `before`. Works on lines alone, so encoding and line endings do not matter.
 */
export function withHunks(before: Buffer, after: Buffer, accepted: readonly HunkRange[]): Buffer {
  const [old, renewed] = [linesOf(before), linesOf(after)];
  const out: Buffer[] = [];
  // One by one: a file may have more lines than a call takes arguments.
  const take = (lines: readonly Buffer[], from: number, to: number): void => {
    for (const line of lines.slice(from, to)) out.push(line);
  };
  let at = 0;
  for (const hunk of [...accepted].sort((a, b) => a.oldStart - b.oldStart)) {
    take(old, at, hunk.oldStart);
    take(renewed, hunk.newStart, hunk.newStart + hunk.newCount);
    at = hunk.oldStart + hunk.oldCount;
  }
  take(old, at, old.length);
  return Buffer.concat(out);
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(0x0a, start);
    const end = at === -1 ? bytes.length : at + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}
