import { HilError } from '@hil/contracts';
import { loadSyntax, type SourceLanguage, type SyntaxNode } from '@hil/knowledge-graph';
import { bodyOf, findSymbol } from './find-symbol.js';
import { indentAt, indentUnit, placed, type PlacedCode } from './indentation.js';
import { holdsMultilineString } from './multiline-strings.js';

/** A file after an edit; `moved` is new code whose lines had to be indented otherwise than they were sent. */
interface EditedText {
  text: string;
  moved?: string;
}

/** The text that `edit` makes of a file's tree, if the meaning of its strings did not change on the way. */
async function editTree(
  language: SourceLanguage,
  text: string,
  path: string,
  edit: (root: SyntaxNode) => EditedText,
): Promise<string> {
  const syntax = await loadSyntax(language);
  const tree = syntax.parse(text);
  let edited: EditedText;
  try {
    edited = edit(tree.rootNode);
  } finally {
    tree.delete();
  }
  const { text: after, moved } = edited;
  if (moved !== undefined && (await holdsMultilineString(language, after, moved)))
    throw new HilError(
      'validation_error',
      `${path}: the code holds a string of more than one line and would have to be indented otherwise, which would change the string. Send every line indented as it will stand in the file.`,
    );
  return after;
}

/**
 * Replaces what is between the braces of a symbol (in Python: its indented block). The signature and
 * everything outside stay byte for byte. A `body` with its own outer braces is taken without them.
 * @throws HilError `validation_error` when the symbol is missing, ambiguous or has no body
 */
export function replaceSymbolBody(
  language: SourceLanguage,
  text: string,
  edit: { path: string; symbol: string; body: string },
): Promise<string> {
  return editTree(language, text, edit.path, (root) => {
    const node = findSymbol(
      root,
      edit.symbol,
      edit.path,
      (candidate) => bodyOf(candidate) !== null,
    );
    const body = bodyOf(node);
    if (!body)
      throw new HilError('validation_error', `${edit.symbol} in ${edit.path} has no body.`);
    const indent = indentAt(text, node.startIndex);
    // Without its last line, which stands less deep.
    const unit = unitOf(language, text, body.text.replace(/\n[^\n]*$/, ''));
    const inner = ownLine(text, body.firstNamedChild) ?? indent + unit;
    if (language === 'python') return replaceBlock(text, body, edit, inner, unit);
    if (!body.text.startsWith('{')) {
      return {
        text: text.slice(0, body.startIndex) + edit.body.trim() + text.slice(body.endIndex),
      };
    }
    const code = withoutBraces(edit.body);
    return replaceBraces(text, body, place(edit, code, inner, unit), indent);
  });
}

/** The step of indentation of a file, or what its language is mostly written with. */
function unitOf(language: SourceLanguage, text: string, near = ''): string {
  return indentUnit(text, /python|java$|csharp/.test(language) ? '    ' : '  ', near);
}

/** The indentation of a node that begins its line, else null. */
function ownLine(text: string, node: SyntaxNode | null): string | null {
  if (!node) return null;
  const start = text.lastIndexOf('\n', node.startIndex - 1) + 1;
  const lead = text.slice(start, node.startIndex);
  return lead.trim() === '' ? lead : null;
}

function place(edit: { path: string }, code: string, indent: string, unit: string): PlacedCode {
  const found = placed(code, indent, unit);
  if (found) return found;
  throw new HilError(
    'validation_error',
    `${edit.path}: a line of the code is indented less than its first line. Send every line indented as it will stand in the file.`,
  );
}

function replaceBraces(
  text: string,
  body: SyntaxNode,
  { text: code, moved }: PlacedCode,
  indent: string,
): EditedText {
  const line = !body.text.includes('\n') && !code.includes('\n');
  const filled = code.trim() === '' ? '{}' : line ? `{ ${code.trim()} }` : `{\n${code}\n${indent}}`;
  return {
    text: text.slice(0, body.startIndex) + filled + text.slice(body.endIndex),
    ...(moved && !line ? { moved: code } : {}),
  };
}

function withoutBraces(body: string): string {
  const trimmed = body.trim();
  return trimmed.startsWith('{') && trimmed.endsWith('}') && closesLast(trimmed)
    ? trimmed.slice(1, -1).replace(/^[ \t]*\r?\n/, '')
    : body;
}

/** True when the first brace is closed by the last one, so that `{} f({})` keeps its braces. */
function closesLast(text: string): boolean {
  let depth = 0;
  for (const [at, char] of [...text].entries()) {
    if (char === '{') depth += 1;
    if (char === '}') depth -= 1;
    if (depth === 0) return at === [...text].length - 1;
  }
  return false;
}

function replaceBlock(
  text: string,
  body: SyntaxNode,
  edit: { path: string; body: string },
  inner: string,
  unit: string,
): EditedText {
  const lineStart = text.lastIndexOf('\n', body.startIndex - 1) + 1;
  const own = text.slice(lineStart, body.startIndex).trim() === '';
  const code = edit.body.trim() === '' ? 'pass' : edit.body;
  const rest = text.slice(body.endIndex);
  // `def f(): return 1` keeps its line, or gets a block of its own.
  if (!own && !code.trim().includes('\n'))
    return { text: text.slice(0, body.startIndex) + code.trim() + rest };
  const start = own ? lineStart : body.startIndex;
  const head = own ? text.slice(0, start) : `${text.slice(0, start).trimEnd()}\n`;
  const { text: block, moved } = place(edit, code, inner, unit);
  return { text: head + block + rest, ...(moved ? { moved: block } : {}) };
}

/** Where a member goes: `start`, `end`, `before:NAME` or `after:NAME`. */
type Place = { at: 'start' | 'end' } | { at: 'before' | 'after'; name: string };

function placeOf(position: string, path: string): Place {
  const match = /^(before|after)[:\s]\s*([\p{L}\p{N}_$#]+)$/u.exec(position.trim());
  if (match) return { at: match[1] === 'before' ? 'before' : 'after', name: match[2] ?? '' };
  if (position === 'start' || position === 'end') return { at: position };
  throw new HilError(
    'validation_error',
    `${path}: the position ${JSON.stringify(position.slice(0, 80))} is not start, end, before:NAME or after:NAME.`,
  );
}

/**
 * Inserts a member into a class, interface or enum body, indented as its neighbours.
 * @throws HilError `validation_error` when the parent or the neighbour is missing or ambiguous
 */
export function insertMember(
  language: SourceLanguage,
  text: string,
  edit: { path: string; parent: string; position: string; code: string },
): Promise<string> {
  return editTree(language, text, edit.path, (root) => {
    const position = placeOf(edit.position, edit.path);
    const isClass = (node: SyntaxNode): boolean =>
      bodyOf(node) !== null && /class|interface|enum|record|struct|module/.test(node.type);
    const parent = findSymbol(root, edit.parent, edit.path, isClass);
    const body = bodyOf(parent);
    if (!body)
      throw new HilError('validation_error', `${edit.parent} in ${edit.path} has no body.`);
    const indent = indentAt(text, parent.startIndex);
    const unit = unitOf(language, text);
    const members = body.namedChildren.filter(
      (node): node is SyntaxNode => node !== null && !/comment/.test(node.type),
    );
    const onOwnLine = members.find(
      (node) =>
        text.slice(text.lastIndexOf('\n', node.startIndex - 1) + 1, node.startIndex).trim() === '',
    );
    const inner = onOwnLine ? indentAt(text, onOwnLine.startIndex) : indent + unit;
    const { text: code, moved } = place(edit, edit.code, inner, unit);
    const after =
      members.length === 0
        ? fillEmpty(language, text, body, code, indent)
        : insertBeside(text, members, position, code, edit);
    return { text: after, ...(moved ? { moved: code } : {}) };
  });
}

function fillEmpty(
  language: SourceLanguage,
  text: string,
  body: SyntaxNode,
  code: string,
  indent: string,
): string {
  if (language === 'python')
    return `${text.slice(0, body.endIndex)}\n${code}${text.slice(body.endIndex)}`;
  const inside = text.slice(body.startIndex + 1, body.endIndex - 1).trim();
  const kept = inside === '' ? '' : text.slice(body.startIndex + 1, body.endIndex - 1).trimEnd();
  return `${text.slice(0, body.startIndex)}{${kept}\n${code}\n${indent}}${text.slice(body.endIndex)}`;
}

function insertBeside(
  text: string,
  members: readonly SyntaxNode[],
  place: Place,
  code: string,
  edit: { path: string; parent: string },
): string {
  const named = 'name' in place ? members.filter((node) => memberName(node) === place.name) : [];
  if ('name' in place && named.length !== 1) {
    const how = named.length === 0 ? 'no' : `${named.length} times`;
    throw new HilError(
      'validation_error',
      `${edit.parent} in ${edit.path} has ${how} ${place.name}, so the position is not clear.`,
    );
  }
  const neighbour = named[0] ?? (place.at === 'start' ? members[0] : members.at(-1));
  if (!neighbour) return text;
  const multiline =
    code.includes('\n') || members.some((node) => node.startPosition.row !== node.endPosition.row);
  const gap = multiline ? '\n\n' : '\n';
  if (place.at === 'before' || place.at === 'start') {
    const start = text.lastIndexOf('\n', withComments(neighbour).startIndex - 1) + 1;
    return `${text.slice(0, start)}${code}${gap}${text.slice(start)}`;
  }
  // The rest of the line: a semicolon or a comment belongs to the neighbour.
  const end =
    /^[;,]?[ \t]*(?:\/\/[^\r\n]*|#[^\r\n]*)?/.exec(text.slice(neighbour.endIndex))?.[0].trimEnd()
      .length ?? 0;
  const at = neighbour.endIndex + end;
  return `${text.slice(0, at)}${gap}${code}${text.slice(at)}`;
}

/** The first of the comments and decorators that stand directly above a member. */
function withComments(node: SyntaxNode): SyntaxNode {
  let first = node;
  for (let before = first.previousNamedSibling; before; before = before.previousNamedSibling) {
    const attached =
      /comment|decorator/.test(before.type) &&
      before.endPosition.row >= first.startPosition.row - 1;
    if (!attached) break;
    first = before;
  }
  return first;
}

function memberName(node: SyntaxNode): string | undefined {
  const inner = node.childForFieldName('definition') ?? node;
  const direct = inner.childForFieldName('name')?.text;
  if (direct !== undefined) return direct;
  const declarator = inner
    .descendantsOfType('variable_declarator')[0]
    ?.childForFieldName('name')?.text;
  return declarator ?? inner.firstNamedChild?.childForFieldName('left')?.text;
}
