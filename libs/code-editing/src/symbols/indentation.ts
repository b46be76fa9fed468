/** The white space at the start of the line that holds an offset. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/**
 * One step of indentation as most lines show it: a tab, or the most frequent step of blanks between lines.
 * @param near lines beside the place in question: where files mix tabs and blanks these decide between them
 */
export function indentUnit(text: string, fallback = '  ', near = ''): string {
  if ((tabsLead(near) ?? tabsLead(text)) === true) return '\t';
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

/** Whether more lines begin with a tab than with blanks; null when none begins with either. */
function tabsLead(text: string): boolean | null {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const [tabs, blanks] = [count(/^\t+\S/gm), count(/^ {2,}\S/gm)];
  return tabs + blanks === 0 ? null : tabs > blanks;
}

/** Code in its place, and whether its lines had to be indented otherwise than they were sent. */
export interface PlacedCode {
  text: string;
  moved: boolean;
}

/**
 * Code whose first line stands at `indent` and whose other lines keep their distance to it, in the tabs or
 * blanks of the file; nothing else of a line changes. An empty first line and the line ending at the end,
 * as they come with `{ ... }`, are left out.
 * @returns null when a line is indented less than the first, so that it has no place
 */
export function placed(code: string, indent: string, unit: string): PlacedCode | null {
  const plain = code
    .replaceAll('\r\n', '\n')
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '');
  // What is sent at the depth where it will stand is meant to stand so, whatever else the file mixes.
  const sent = leadOf(plain.split('\n').find((line) => line.trim() !== '') ?? '');
  if (indent !== '' && sent === indent) return { text: plain, moved: false };
  const own = unit === '\t' ? indentUnit(plain, '    ') : unit;
  const lines = plain.split('\n').map((line) => withUnit(line, own, unit));
  const base = leadOf(lines.find((line) => line.trim() !== '') ?? '');
  const out: string[] = [];
  for (const line of lines) {
    const blank = line.trim() === '';
    if (!blank && base !== indent && !line.startsWith(base)) return null;
    out.push(blank || base === indent ? line : indent + line.slice(base.length));
  }
  const text = out.join('\n');
  return { text, moved: text !== plain };
}

const leadOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** Tabs become the unit of a file of blanks; blanks become tabs in a file of tabs, `own` wide. */
function withUnit(line: string, own: string, unit: string): string {
  const lead = leadOf(line);
  const rest = line.slice(lead.length);
  if (rest === '') return line;
  if (unit !== '\t') return lead.replaceAll('\t', unit) + rest;
  if (lead.includes('\t') || own === '\t') return line;
  const tabs = Math.floor(lead.length / own.length);
  return '\t'.repeat(tabs) + lead.slice(tabs * own.length) + rest;
}
