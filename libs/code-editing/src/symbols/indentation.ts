/** The white space at the start of the line that holds an offset. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/** One step of indentation as the file uses it: a tab, or the smallest step of blanks between lines. */
export function indentUnit(text: string, fallback = '  '): string {
  if (/^\t/m.test(text)) return '\t';
  const counts = new Map<number, number>();
  let before = 0;
  for (const [line, blanks = ''] of text.matchAll(/^( *)\S.*$/gm)) {
    const step = blanks.length - before;
    // A comment's ` *` is one blank more and no step.
    if (step > 1 && !/^\s*\*/.test(line)) counts.set(step, (counts.get(step) ?? 0) + 1);
    before = blanks.length;
  }
  const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  return best ? ' '.repeat(best[0]) : fallback;
}

/** The lines without their common indentation, and without blank lines around them. */
export function dedent(code: string): string[] {
  const lines = code
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => line.trimEnd());
  while (lines[0] === '') lines.shift();
  while (lines.at(-1) === '') lines.pop();
  const indents = lines
    .filter((line) => line !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0] ?? '');
  const common = indents.reduce(
    (a, b) => (b.startsWith(a) ? a : a.startsWith(b) ? b : ''),
    indents[0] ?? '',
  );
  return lines.map((line) => line.slice(common.length));
}

/** Code at an indentation, with nothing on blank lines. */
export function indented(code: string, indent: string): string {
  return dedent(code)
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}
