import { HilError } from '@hil/contracts';
import type { JsonValue } from '@hil/language-models';

interface TomlLine {
  start: number;
  text: string;
}

const BARE = /^[A-Za-z0-9_-]+$/;
const KEY_PART = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const HEADER = new RegExp(
  `^\\s*\\[\\s*(${KEY_PART}(?:\\s*\\.\\s*${KEY_PART})*)\\s*\\]\\s*(?:#.*)?$`,
);
const ARRAY_HEADER = new RegExp(
  `^\\s*\\[\\[\\s*(${KEY_PART}(?:\\s*\\.\\s*${KEY_PART})*)\\s*\\]\\]`,
);
const ENTRY = new RegExp(`^(\\s*)(${KEY_PART}(?:\\s*\\.\\s*${KEY_PART})*)(\\s*=\\s*)(.*)$`);

/**
 * Sets one value of a TOML file by editing its line, or adding a line to its table, or a table. Values that
 * span lines, inline tables and arrays of tables are refused rather than guessed at.
 */
export function setToml(
  path: string,
  text: string,
  key: readonly string[],
  value: JsonValue,
): { text: string; before: string | undefined } {
  const lines = linesOf(text);
  const written = tomlValue(value, path);
  let table: string[] = [];
  let endOfTable: number | undefined = key.length === 1 ? 0 : undefined;
  let inMultiline: string | null = null;
  for (const line of lines) {
    if (inMultiline !== null) {
      if (line.text.includes(inMultiline)) inMultiline = null;
      if (same(table, key.slice(0, -1))) endOfTable = line.start + line.text.length;
      continue;
    }
    const header = HEADER.exec(line.text);
    const array = ARRAY_HEADER.exec(line.text);
    if (header || array) {
      table = partsOf((header ?? array)?.[1] ?? '');
      if (startsWith(table, key)) throw invalid(path, key, 'is a table');
      if (array && startsWith(key, table)) throw invalid(path, key, 'is in a list of tables');
      if (same(table, key.slice(0, -1))) endOfTable = line.start + line.text.length;
      continue;
    }
    const entry = ENTRY.exec(line.text);
    if (!entry) continue;
    const [, blanks = '', name = '', equals = '', rest = ''] = entry;
    inMultiline = opensMultiline(rest);
    const whole = [...table, ...partsOf(name)];
    if (same(whole, key)) {
      const old = valueIn(rest);
      if (inMultiline !== null || old === null) throw invalid(path, key, 'spans several lines');
      const start = line.start + blanks.length + name.length + equals.length;
      return { text: text.slice(0, start) + written + text.slice(start + old.length), before: old };
    }
    if (startsWith(key, whole)) throw invalid(path, key, 'is inside an inline value');
    if (startsWith(whole, key)) throw invalid(path, key, 'is a table');
    if (same(table, key.slice(0, -1))) endOfTable = line.start + line.text.length;
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const entry = `${keyText(key.at(-1) ?? '')} = ${written}`;
  if (endOfTable === undefined) {
    const head = text === '' || text.endsWith('\n') ? text : text + newline;
    const gap = head.trim() === '' ? '' : newline;
    return {
      text: `${head}${gap}[${key.slice(0, -1).map(keyText).join('.')}]${newline}${entry}${newline}`,
      before: undefined,
    };
  }
  if (endOfTable === 0) return { text: `${entry}${newline}${text}`, before: undefined };
  return {
    text: `${text.slice(0, endOfTable)}${newline}${entry}${text.slice(endOfTable)}`,
    before: undefined,
  };
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);
const startsWith = (long: readonly string[], short: readonly string[]): boolean =>
  same(long.slice(0, short.length), short);
const keyText = (part: string): string => (BARE.test(part) ? part : JSON.stringify(part));

function invalid(path: string, key: readonly string[], why: string): HilError {
  return new HilError(
    'validation_error',
    `${key.join('.')} in ${path} ${why}, which set does not edit. Use replace "..." with "..." in ${path}.`,
  );
}

function linesOf(text: string): TomlLine[] {
  const lines: TomlLine[] = [];
  let start = 0;
  for (const raw of text.split('\n')) {
    lines.push({ start, text: raw.replace(/\r$/, '') });
    start += raw.length + 1;
  }
  return lines;
}

function partsOf(key: string): string[] {
  return [...key.matchAll(new RegExp(KEY_PART, 'g'))].map(([part]) => {
    if (part.startsWith('"')) return JSON.parse(part) as string;
    return part.startsWith("'") ? part.slice(1, -1) : part;
  });
}

/** What closes a value that goes on in the next lines, or null. */
function opensMultiline(rest: string): string | null {
  for (const mark of ['"""', "'''"]) {
    if (rest.startsWith(mark) && !rest.slice(3).includes(mark)) return mark;
  }
  const plain = rest.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').replace(/#.*$/, '');
  const open = plain.split('[').length - plain.split(']').length;
  return open > 0 ? ']' : null;
}

/** The value of a line without the comment after it; null when it is not of one line. */
function valueIn(rest: string): string | null {
  const match = /^(?:"""|''')/.test(rest)
    ? null
    : /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|(?:[^#"']|"(?:[^"\\]|\\.)*"|'[^']*')+?)(?=\s*(?:#.*)?$)/.exec(
        rest,
      );
  return match?.[0] ?? null;
}

function tomlValue(value: JsonValue, path: string): string {
  if (value === null)
    throw new HilError('validation_error', `TOML has no null, so ${path} can't hold it.`);
  if (Array.isArray(value)) return `[${value.map((item) => tomlValue(item, path)).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, item]) => `${keyText(key)} = ${tomlValue(item, path)}`)
    .join(', ')} }`;
}
