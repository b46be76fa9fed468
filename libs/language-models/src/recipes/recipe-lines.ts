import type { JsonValue } from './recipe.js';
import { unescape, type RecipeBody } from './recipe-text.js';

const Q = String.raw`"(?:[^"\\]|\\.)*"|'[^']*'|\x60[^\x60]+\x60`;
const QUOTED = `(${Q})`;
/** A name or path: quoted with spaces, or bare without. */
const NAME = String.raw`(${Q}|[^\s"'\x60]+)`;
const KIND = String.raw`(?:(?:the\s+)?(?:function|class|method|variable|type|interface|enum|symbol|constant|component|field|property|struct|record)\s+)?`;
const IDENTIFIER = /^[\p{L}_$#][\p{L}\p{N}_$]*$/u;
const SYMBOL = /^[\p{L}_$#][\p{L}\p{N}_$]*(?:(?:\.|::|#)[\p{L}_$#][\p{L}\p{N}_$]*)*$/u;

const pattern = (source: string): RegExp => new RegExp(`^${source}$`, 'isu');

const RULES = {
  renameFile: pattern(String.raw`rename\s+(?:the\s+)?file\s+${NAME}\s+to\s+${NAME}`),
  rename: pattern(
    String.raw`rename\s+${KIND}${NAME}\s+to\s+${NAME}(?:\s+in\s+(?:the\s+)?(?:file\s+)?${NAME})?((?:\s*,\s*|\s+and\s+)(?:keep|leave)\s+(?:the\s+)?strings)?`,
  ),
  replace: pattern(
    String.raw`replace\s+(?:every\s+|all\s+)?${QUOTED}\s+(?:with|by)\s+${QUOTED}\s+in\s+(?:the\s+)?(?:files?\s+)?${NAME}`,
  ),
  set: pattern(
    String.raw`set\s+((?:${Q}|[^\s"'\x60])+)\s+to\s+(.+)\s+in\s+(?:the\s+)?(?:file\s+)?${NAME}`,
  ),
  bump: pattern(
    String.raw`(?:bump|upgrade|update)\s+(?:the\s+)?(?:package\s+|dependency\s+)?${NAME}\s+to\s+(?:version\s+)?${NAME}`,
  ),
  deleteFile: pattern(String.raw`(?:delete|remove)\s+(?:the\s+)?file\s+${NAME}`),
  move: pattern(String.raw`move\s+(?:the\s+)?(?:file\s+)?${NAME}\s+to\s+${NAME}`),
  removeExport: pattern(
    String.raw`remove\s+(?:the\s+)?unused\s+export\s+(?:of\s+)?${NAME}(?:\s+(?:in|from)\s+(?:the\s+)?(?:file\s+)?${NAME})?`,
  ),
  whoCalls: pattern(String.raw`(?:who|what)\s+(?:calls|uses)\s+(?:the\s+)?${KIND}${NAME}`),
  dependsOn: pattern(
    String.raw`(?:what|who|which\s+files)\s+depends?\s+on\s+(?:the\s+file\s+)?${NAME}`,
  ),
  explain: pattern(String.raw`explain\s+(?:the\s+)?(?:file\s+)?${NAME}`),
  project: pattern(
    String.raw`what(?:\s+is|['’]s)\s+this\s+project(?:\s+about)?|what\s+does\s+this\s+project\s+do|explain\s+this\s+project`,
  ),
  dependencies: pattern(
    String.raw`show\s+(?:me\s+)?(?:the\s+)?dependencies\s+of\s+(?:the\s+file\s+)?${NAME}`,
  ),
  architecture: pattern(String.raw`show\s+(?:me\s+)?(?:the\s+)?architecture(?:\s+diagram)?`),
} as const;

/** Headers of recipes whose content follows on the next lines. */
export const CONTENT_RULES = {
  create: pattern(
    String.raw`(?:create|add)\s+(?:a\s+|the\s+)?(?:new\s+)?file\s+${NAME}\s+with(?:\s+(?:the\s+)?contents?)?\s*:\s*(.*)`,
  ),
  createEmpty: pattern(String.raw`create\s+(?:an?\s+)?empty\s+file\s+${NAME}`),
  append: pattern(String.raw`append\s+to\s+(?:the\s+)?(?:file\s+)?${NAME}\s*:\s*(.*)`),
} as const;

/** A bare or quoted word without its quotes. */
function unquote(word: string): string {
  const first = word[0];
  if (word.length >= 2 && word.endsWith(first ?? '')) {
    if (first === '"') return unescape(word.slice(1, -1));
    if (first === "'" || first === '`') return word.slice(1, -1);
  }
  return word;
}

/** A repository path as git writes it: no leading `./`, forward slashes. */
export function pathOf(word: string): string {
  return unquote(word)
    .trim()
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '');
}

function symbolOf(word: string): string | null {
  const text = unquote(word)
    .replace(/\(\s*\)$/, '')
    .replaceAll('::', '.')
    .replace(/(?<=.)#/g, '.');
  return SYMBOL.test(text) ? text : null;
}

/** `a.b[0]."x.y"` as its segments; null when it is not a key path. */
function keyOf(text: string): string[] | null {
  const segments: string[] = [];
  const segment = new RegExp(`${Q}|\\[(\\d+)\\]|[^\\s."'\x60\\[\\]]+`, 'uy');
  let at = 0;
  while (at < text.length) {
    if (text[at] === '.' && segments.length > 0) at += 1;
    segment.lastIndex = at;
    const match = segment.exec(text);
    if (match === null) return null;
    segments.push(match[1] ?? unquote(match[0]));
    at = segment.lastIndex;
  }
  return segments.length > 0 ? segments : null;
}

/**
 * The value of `set`: a quoted text is a string, JSON is what it says, all else is a string.
 * A number whose digits JSON would change (`1.10`, `007`) stays a string, since it is rather a version.
 */
function valueOf(text: string): JsonValue {
  const trimmed = text.trim();
  if (new RegExp(`^(?:${Q})$`, 'su').test(trimmed)) return unquote(trimmed);
  try {
    const value = JSON.parse(trimmed) as JsonValue;
    return typeof value === 'number' && String(value) !== trimmed ? trimmed : value;
  } catch {
    return trimmed;
  }
}

function parseRename(text: string): RecipeBody | null {
  const file = RULES.renameFile.exec(text);
  if (file) return { kind: 'move_file', path: pathOf(file[1] ?? ''), to: pathOf(file[2] ?? '') };
  const match = RULES.rename.exec(text);
  if (!match) return null;
  const [, from = '', to = '', where, kept] = match;
  if (unquote(from).includes('/') && unquote(to).includes('/') && where === undefined) {
    return { kind: 'move_file', path: pathOf(from), to: pathOf(to) };
  }
  const symbol = symbolOf(from);
  const newName = symbolOf(to);
  if (symbol === null || newName === null || !IDENTIFIER.test(newName)) return null;
  return {
    kind: 'rename',
    symbol,
    newName,
    ...(where === undefined ? {} : { path: pathOf(where) }),
    ...(kept === undefined ? {} : { keepStrings: true }),
  };
}

function parseSet(text: string): RecipeBody | null {
  const match = RULES.set.exec(text);
  if (!match) return null;
  const [, key = '', value = '', path = ''] = match;
  const segments = keyOf(key);
  return segments && { kind: 'set', key: segments, value: valueOf(value), path: pathOf(path) };
}

function parseSymbolRecipe(text: string): RecipeBody | null {
  const unused = RULES.removeExport.exec(text);
  if (unused) {
    const symbol = symbolOf(unused[1] ?? '');
    const path = unused[2] === undefined ? {} : { path: pathOf(unused[2]) };
    return symbol === null ? null : { kind: 'remove_unused_export', symbol, ...path };
  }
  const calls = RULES.whoCalls.exec(text);
  const symbol = calls && symbolOf(calls[1] ?? '');
  return symbol ? { kind: 'who_calls', symbol } : null;
}

function parsePathRecipe(text: string): RecipeBody | null {
  const on = (rule: RegExp): string[] | null => rule.exec(text)?.slice(1).map(pathOf) ?? null;
  const removed = on(RULES.deleteFile);
  if (removed) return { kind: 'delete_file', path: removed[0] ?? '' };
  const moved = on(RULES.move);
  if (moved) return { kind: 'move_file', path: moved[0] ?? '', to: moved[1] ?? '' };
  const depends = on(RULES.dependsOn);
  if (depends) return { kind: 'what_depends_on', path: depends[0] ?? '' };
  const dependencies = on(RULES.dependencies);
  if (dependencies) return { kind: 'show_dependencies', path: dependencies[0] ?? '' };
  if (RULES.project.test(text)) return { kind: 'what_is_project' };
  if (RULES.architecture.test(text)) return { kind: 'show_architecture' };
  const explained = on(RULES.explain);
  return explained ? { kind: 'explain', path: explained[0] ?? '' } : null;
}

/** One recipe that needs no content, from a line without bullet and closing punctuation; null if it is none. */
export function parseLine(text: string): RecipeBody | null {
  const replace = RULES.replace.exec(text);
  if (replace) {
    const [, search = '', replacement = '', target = ''] = replace;
    const wanted = unquote(search);
    return wanted === ''
      ? null
      : {
          kind: 'replace',
          search: wanted,
          replacement: unquote(replacement),
          target: pathOf(target),
        };
  }
  const bump = RULES.bump.exec(text);
  if (bump) {
    return { kind: 'bump', package: unquote(bump[1] ?? ''), version: unquote(bump[2] ?? '') };
  }
  return parseRename(text) ?? parseSet(text) ?? parseSymbolRecipe(text) ?? parsePathRecipe(text);
}
