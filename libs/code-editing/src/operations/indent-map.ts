/** Turns the indentation of a line as it was sent into that of the file; null when it can't. */
export type IndentMap = (line: string) => string | null;

/** A line as it was sent, beside the line of the file it stands for; both without their ending. */
export interface LinePair {
  sent: string;
  found: string;
}

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/**
 * The one change of indentation that makes every sent line the line that was found: none, the same blanks
 * more or less on each line, or tabs for blanks (or blanks for tabs) at one width. Null when lines differ
 * unevenly.
 */
export function indentMap(pairs: readonly LinePair[]): IndentMap | null {
  const indents = pairs.map(({ sent, found }) => ({ a: indentOf(sent), b: indentOf(found) }));
  if (indents.every(({ a, b }) => a === b)) return (line) => line;
  return shifted(indents) ?? tabsToBlanks(indents) ?? blanksToTabs(indents);
}

interface Indents {
  /** As it was sent. */
  a: string;
  /** As the file has it. */
  b: string;
}

function shifted(indents: readonly Indents[]): IndentMap | null {
  let shift: { from: string; to: string } | null = null;
  for (const { a, b } of indents) {
    const here = b.endsWith(a)
      ? { from: '', to: b.slice(0, b.length - a.length) }
      : a.endsWith(b)
        ? { from: a.slice(0, a.length - b.length), to: '' }
        : null;
    if (!here || (shift && (shift.from !== here.from || shift.to !== here.to))) return null;
    shift = here;
  }
  if (!shift) return null;
  const { from, to } = shift;
  return (line) => (line.startsWith(from) ? to + line.slice(from.length) : null);
}

/** Tabs and then blanks; null when they are mixed otherwise. */
function split(indent: string): { tabs: number; blanks: number } | null {
  const match = /^(\t*)( *)$/.exec(indent);
  return match ? { tabs: (match[1] ?? '').length, blanks: (match[2] ?? '').length } : null;
}

/** How many blanks one tab stands for in every pair; null when that differs, or nothing says it. */
function tabWidth(pairs: readonly { tabbed: string; blank: string }[]): number | null {
  let width: number | null = null;
  for (const { tabbed, blank } of pairs) {
    const parts = split(tabbed);
    if (!parts || blank.includes('\t')) return null;
    const rest = blank.length - parts.blanks;
    if (parts.tabs === 0) {
      if (rest !== 0) return null;
      continue;
    }
    const here = rest / parts.tabs;
    if (!Number.isInteger(here) || here < 1 || (width !== null && width !== here)) return null;
    width = here;
  }
  return width;
}

function tabsToBlanks(indents: readonly Indents[]): IndentMap | null {
  const width = tabWidth(indents.map(({ a, b }) => ({ tabbed: a, blank: b })));
  if (width === null) return null;
  return (line) => {
    const parts = split(indentOf(line));
    return parts && ' '.repeat(parts.tabs * width + parts.blanks) + line.trimStart();
  };
}

function blanksToTabs(indents: readonly Indents[]): IndentMap | null {
  const width = tabWidth(indents.map(({ a, b }) => ({ tabbed: b, blank: a })));
  if (width === null) return null;
  return (line) => {
    const indent = indentOf(line);
    if (indent.includes('\t')) return null;
    const tabs = Math.floor(indent.length / width);
    return '\t'.repeat(tabs) + ' '.repeat(indent.length - tabs * width) + line.trimStart();
  };
}
