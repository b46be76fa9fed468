/**
 * Text from outside (plans, chat, test names) as harmless inline Markdown: no markup, no HTML, no
 * mention of people, no reference that would close an issue, nothing hidden.
 */
export function plain(text: string, max = 500): string {
  const line = text
    .replace(/[\u0000-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu, ' ')
    .trim();
  const cut = line.length > max ? `${line.slice(0, max)}…` : line;
  return (
    cut
      .replace(/[&<>]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? char)
      .replace(/[\\`*_[\]|~]/g, '\\$&')
      // A zero-width space: "@name" would call a person, "#12" would link and, after "fixes", close.
      .replace(/([@#!])(?=[\w\\])/g, '$1\u200b')
      .replace(/(https?):\/\//gi, '$1:\u200b//')
      .replace(/^(\s*\d*)([-+.)])(?=\s)/, '$1\\$2')
  );
}

/** A path or an id as code; its own backticks can't end it. */
export function code(text: string, max = 300): string {
  const clean = text.replace(
    /[\u0000-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060-\u2069]+/gu,
    ' ',
  );
  const cut = clean.length > max ? `${clean.slice(0, max)}…` : clean;
  const longest = Math.max(0, ...[...cut.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = cut.startsWith('`') || cut.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${cut}${pad}${fence}`;
}

/** Code inside a table, where a bar would end the cell. */
export function cell(text: string): string {
  return code(text).replaceAll('|', '\\|');
}

/** A list of at most `most` lines, and how many are left out. */
export function list(lines: readonly string[], most: number): string {
  const shown = lines.slice(0, most).map((line) => `- ${line}`);
  if (lines.length > most) shown.push(`- … and ${lines.length - most} more`);
  return shown.join('\n');
}
