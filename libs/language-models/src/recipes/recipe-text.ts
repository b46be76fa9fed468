import type { JsonValue, Recipe } from './recipe.js';

/** `Recipe` without its source line, for every member of the union. */
export type RecipeBody = Recipe extends infer R
  ? R extends Recipe
    ? Omit<R, 'line'>
    : never
  : never;

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** The text as a double-quoted string of the grammar: only `\\`, `\"`, `\n`, `\r` and `\t` are escapes. */
function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** The inverse of {@link quote}; any other backslash stays as it is, so `"\d+"` means `\d+`. */
export function unescape(inner: string): string {
  return inner.replace(/\\(["\\nrt])/g, (_, char: string) => ESCAPES[char] ?? char);
}

const PLAIN_NAME = /^[^\s"'`]+$/;
const ENDS_LIKE_A_SENTENCE = /[.,;:!?]$/;

function name(text: string): string {
  return PLAIN_NAME.test(text) && !ENDS_LIKE_A_SENTENCE.test(text) ? text : `\`${text}\``;
}

function keySegment(segment: string): string {
  return /^[\w$@/-]+$/.test(segment) ? segment : quote(segment);
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}

/** The content in a fence that is longer than any run of backticks at a line start inside it. */
function fenced(content: string): string {
  let length = 3;
  for (const match of content.matchAll(/^\s*(`{3,})/gm)) {
    length = Math.max(length, (match[1]?.length ?? 0) + 1);
  }
  const fence = '`'.repeat(length);
  const body = content === '' || content.endsWith('\n') ? content : `${content}\n`;
  return `${fence}\n${body}${fence}`;
}

const inPath = (path: string | undefined): string =>
  path === undefined ? '' : ` in ${name(path)}`;

/** The canonical line of a recipe: what a plan stores as its task and the editor parses again. */
export function recipeLine(recipe: RecipeBody): string {
  switch (recipe.kind) {
    case 'rename':
      return `rename ${name(recipe.symbol)} to ${name(recipe.newName)}${inPath(recipe.path)}${recipe.keepStrings === true ? ', keep strings' : ''}`;
    case 'replace':
      return `replace ${quote(recipe.search)} with ${quote(recipe.replacement)} in ${name(recipe.target)}`;
    case 'set':
      return `set ${recipe.key.map(keySegment).join('.')} to ${valueText(recipe.value)} in ${name(recipe.path)}`;
    case 'bump':
      return `bump ${name(recipe.package)} to ${name(recipe.version)}`;
    case 'create_file':
      return `create file ${name(recipe.path)} with:\n${fenced(recipe.content)}`;
    case 'append':
      return `append to ${name(recipe.path)}:\n${fenced(recipe.content)}`;
    case 'delete_file':
      return `delete file ${name(recipe.path)}`;
    case 'move_file':
      return `move ${name(recipe.path)} to ${name(recipe.to)}`;
    case 'remove_unused_export':
      return `remove unused export ${name(recipe.symbol)}${inPath(recipe.path)}`;
    case 'who_calls':
      return `who calls ${name(recipe.symbol)}`;
    case 'what_depends_on':
      return `what depends on ${name(recipe.path)}`;
    case 'explain':
      return `explain ${name(recipe.path)}`;
    case 'what_is_project':
      return 'what is this project';
    case 'show_dependencies':
      return `show dependencies of ${name(recipe.path)}`;
    case 'show_architecture':
      return 'show architecture';
  }
}
