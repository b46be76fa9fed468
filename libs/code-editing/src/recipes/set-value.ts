import { posix } from 'node:path';
import { HilError } from '@hil/contracts';
import type { JsonValue } from '@hil/language-models';
import {
  applyEdits as applyJsonEdits,
  modify,
  parseTree,
  findNodeAtLocation,
  type Node as JsonNode,
  type ParseError,
} from 'jsonc-parser';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { indentUnit } from '../symbols/indentation.js';
import { setToml } from './set-toml.js';

const invalid = (message: string): HilError => new HilError('validation_error', message);

/** What `set` did: the text, and the value that was there (undefined: none). */
export interface SetResult {
  text: string;
  before: string | undefined;
}

/**
 * Sets a value in a JSON (with comments), YAML, TOML or env file and leaves everything else as it is.
 * @throws HilError `validation_error` when the file has another format, does not parse, or the path of the
 * key leads through something that is neither table nor list
 */
export function setValue(
  path: string,
  text: string,
  key: readonly string[],
  value: JsonValue,
): SetResult {
  const base = posix.basename(path).toLowerCase();
  if (/\.(?:json|jsonc|json5|webmanifest)$|^\.(?:eslintrc|babelrc|prettierrc|swcrc)$/.test(base))
    return setJson(path, text, key, value);
  if (/\.ya?ml$/.test(base)) return setYaml(path, text, key, value);
  if (/\.toml$/.test(base)) return setToml(path, text, key, value);
  if (/^\.env(?:\..+)?$|\.env$/.test(base)) return setEnv(path, text, key, value);
  throw invalid(
    `set works for json, yaml, toml and env files, and ${path} is none. Use replace "..." with "..." in ${path}.`,
  );
}

function setJson(path: string, text: string, key: readonly string[], value: JsonValue): SetResult {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (!root || errors.length > 0)
    throw invalid(`${path} is not valid JSON, so nothing was set. Repair it first.`);
  const location: (string | number)[] = [];
  for (const segment of key) {
    const holder = findNodeAtLocation(root, location);
    const doubles = holder?.type === 'object' ? keysOf(holder, segment) : 0;
    if (doubles > 1) throw invalid(`${path} has ${segment} ${doubles} times in one object. Remove the others first.`); // prettier-ignore
    if (holder && holder.type !== 'object' && holder.type !== 'array') {
      throw invalid(
        `${location.join('.')} in ${path} is a ${holder.type}, so it has no ${segment}.`,
      );
    }
    const index = holder?.type === 'array';
    if (index && !/^\d+$/.test(segment))
      throw invalid(`${location.join('.')} in ${path} is a list; name an entry by its number.`);
    location.push(index ? Number(segment) : segment);
  }
  const old = findNodeAtLocation(root, location);
  const parent = findNodeAtLocation(root, location.slice(0, -1));
  const last = parent?.type === 'object' ? parent.children?.at(-1) : undefined;
  if (
    parent &&
    last &&
    !old &&
    !text.slice(parent.offset, parent.offset + parent.length).includes('\n')
  ) {
    // The formatter would break an object of one line into several.
    const end = last.offset + last.length;
    const entry = `, ${JSON.stringify(location.at(-1))}: ${JSON.stringify(value)}`;
    return { text: text.slice(0, end) + entry + text.slice(end), before: undefined };
  }
  const unit = indentUnit(text, '  ');
  const formattingOptions = {
    insertSpaces: unit !== '\t',
    tabSize: unit === '\t' ? 1 : unit.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  const edited = applyJsonEdits(text, modify(text, location, value, { formattingOptions }));
  return { text: edited, before: old && text.slice(old.offset, old.offset + old.length) };
}

function keysOf({ children = [] }: JsonNode, name: string): number {
  return children.filter(({ children: [key] = [] }) => key?.value === name).length;
}

function setYaml(path: string, text: string, key: readonly string[], value: JsonValue): SetResult {
  const document = parseDocument(text, { keepSourceTokens: true });
  if (document.errors.length > 0)
    throw invalid(
      `${path} is not valid YAML (${document.errors[0]?.message.split('\n')[0] ?? 'error'}), so nothing was set.`,
    );
  const location = key.map((segment, index) => {
    const holder = index === 0 ? document.contents : document.getIn(key.slice(0, index), true);
    if (isSeq(holder) && !/^\d+$/.test(segment))
      throw invalid(
        `${key.slice(0, index).join('.')} in ${path} is a list; name an entry by its number.`,
      );
    if (isAlias(holder)) throw shared(path, key.slice(0, index), 'an alias of', holder.source);
    if (isScalar(holder) && holder.value !== null)
      throw invalid(
        `${key.slice(0, index).join('.')} in ${path} is a plain value, so it has no ${segment}.`,
      );
    return isSeq(holder) ? Number(segment) : segment;
  });
  const old: unknown = document.getIn(location, true);
  if (isScalar(old) && old.anchor !== undefined)
    throw shared(path, key, 'used elsewhere as', old.anchor);
  if (
    isScalar(old) &&
    old.range &&
    isFlat(value) &&
    !/[\n|>]/.test(text.slice(old.range[0], old.range[1]))
  ) {
    // A plain value is replaced in place: the rest of the file stays byte for byte.
    const [start, end] = old.range;
    const before = text.slice(start, end);
    const lead = start > 0 && /[:-]/.test(text[start - 1] ?? '') ? ' ' : '';
    return {
      text: text.slice(0, start) + lead + yamlScalar(value, before) + text.slice(end),
      before,
    };
  }
  const parent: unknown =
    location.length === 1 ? document.contents : document.getIn(location.slice(0, -1), true);
  if (
    isMap(parent) &&
    parent.items.length > 0 &&
    !parent.flow &&
    isFlat(value) &&
    old === undefined
  ) {
    return { text: appendToMap(text, parent, location.at(-1) ?? '', value), before: undefined };
  }
  document.setIn(location, value);
  return {
    text: document.toString({ lineWidth: 0 }),
    before: old === undefined || old === null ? undefined : String(old),
  };
}

function shared(path: string, key: readonly string[], how: string, name: string): HilError {
  return invalid(
    `${key.join('.')} in ${path} is ${how} ${name}, so setting it would change more than that. Use replace "..." with "..." in ${path}.`,
  );
}

const isFlat = (value: JsonValue): value is string | number | boolean | null =>
  typeof value !== 'object' || value === null;

/** A new last entry of a block map, beside the entries it has. */
function appendToMap(
  text: string,
  map: { items: readonly { key: unknown; value: unknown }[] },
  key: string | number,
  value: string | number | boolean | null,
): string {
  const last = map.items.at(-1);
  const lastKey = isScalar(last?.key) ? last.key.range?.[0] : undefined;
  const range =
    last?.value !== null && typeof last?.value === 'object' && 'range' in last.value
      ? (last.value.range as [number, number, number] | null)
      : null;
  const keyStart = lastKey ?? 0;
  const column = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1);
  let end = range?.[1] ?? keyStart;
  if (text[end - 1] !== '\n') {
    const rest = text.indexOf('\n', end);
    end = rest === -1 ? text.length : rest + 1;
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const head = end > 0 && text[end - 1] !== '\n' ? newline : '';
  const entry = `${' '.repeat(column)}${yamlScalar(String(key), '')}: ${yamlScalar(value, '')}`;
  return `${text.slice(0, end)}${head}${entry}${head === '' ? newline : ''}${text.slice(end)}`;
}

/** The value as YAML, in the quotes of the old one where that is possible. */
function yamlScalar(value: string | number | boolean | null, before: string): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (before.startsWith("'") && !value.includes('\n')) return `'${value.replaceAll("'", "''")}'`;
  if (before.startsWith('"')) return JSON.stringify(value);
  const plain = parseDocument(`a: ${value}\n`);
  const same = plain.errors.length === 0 && plain.get('a') === value && !/[\n#]/.test(value);
  return same && value !== '' ? value : JSON.stringify(value);
}

function setEnv(path: string, text: string, key: readonly string[], value: JsonValue): SetResult {
  const name = key[0] ?? '';
  if (key.length !== 1 || !/^[A-Za-z_]\w*$/.test(name))
    throw invalid(`${key.join('.')} is no name of an environment variable, which ${path} needs.`);
  const raw = typeof value === 'string' ? value : JSON.stringify(value);
  if (/[\r\n]/.test(raw)) throw invalid(`A value of ${path} can't have several lines.`);
  const shown = /^[^\s"'#$\\`]*$/.test(raw) ? raw : `"${raw.replace(/(["\\$`])/g, '\\$1')}"`;
  const line = new RegExp(`^((?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*)([^\\r\\n]*)`, 'gm');
  const found = [...text.matchAll(line)];
  if (found.length > 1)
    throw invalid(`${path} sets ${name} ${found.length} times. Remove the others first.`);
  const match = found[0];
  if (match) {
    const [quote] = /^["'`]/.exec(match[2] ?? '') ?? [];
    if (quote !== undefined && !(match[2] ?? '').slice(1).includes(quote))
      throw invalid(`${name} in ${path} has several lines, which set does not edit. Use replace "..." with "..." in ${path}.`); // prettier-ignore
    const comment =
      /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#'"]*)([ \t]+#.*)$/.exec(match[2] ?? '')?.[1] ?? '';
    const start = match.index + (match[1]?.length ?? 0);
    return {
      text: text.slice(0, start) + shown + comment + text.slice(start + (match[2]?.length ?? 0)),
      before: match[2],
    };
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const head = text === '' || text.endsWith('\n') ? text : text + newline;
  return { text: `${head}${name}=${shown}${newline}`, before: undefined };
}
