/** A replacement of `text[start, end)`; offsets are UTF-16 units of the text before any edit. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The text with the edits made. @throws Error when two edits overlap (a fault of the caller) */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end > text.length)
      throw new Error('edits overlap or leave the text');
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** The 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1))
    line += 1;
  return line;
}
