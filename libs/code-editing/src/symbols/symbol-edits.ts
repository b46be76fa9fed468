import { HilError } from '@hil/contracts';
import { loadSyntax, type SourceLanguage, type SyntaxNode } from '@hil/knowledge-graph';
import { bodyOf, findSymbol } from './find-symbol.js';
import { dedent, indentAt, indented, indentUnit } from './indentation.js';

async function withTree<T>(
  language: SourceLanguage,
  text: string,
  use: (root: SyntaxNode) => T,
): Promise<T> {
  const syntax = await loadSyntax(language);
  const tree = syntax.parse(text);
  try {
    return use(tree.rootNode);
  } finally {
    tree.delete();
  }
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
  return withTree(language, text, (root) => {
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
    const inner =
      indent +
      indentUnit(
        text,
        language === 'python' || language === 'java' || language === 'csharp' ? '    ' : '  ',
      );
    if (language === 'python') return replacePythonBlock(text, body, edit.body, inner);
    if (!body.text.startsWith('{')) {
      return text.slice(0, body.startIndex) + edit.body.trim() + text.slice(body.endIndex);
    }
    const code = withoutBraces(edit.body);
    const filled = code.trim() === '' ? '{}' : `{\n${indented(code, inner)}\n${indent}}`;
    return text.slice(0, body.startIndex) + filled + text.slice(body.endIndex);
  });
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

function replacePythonBlock(text: string, body: SyntaxNode, code: string, inner: string): string {
  const lineStart = text.lastIndexOf('\n', body.startIndex - 1) + 1;
  const own = text.slice(lineStart, body.startIndex).trim() === '';
  const lines = dedent(code).length > 0 ? code : 'pass';
  // `def f(): return 1` gets a block of its own.
  const start = own ? lineStart : body.startIndex;
  const lead = own ? '' : '\n';
  const head = own ? text.slice(0, start) : text.slice(0, start).trimEnd();
  return head + lead + indented(lines, inner) + text.slice(body.endIndex);
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
  return withTree(language, text, (root) => {
    const place = placeOf(edit.position, edit.path);
    const isClass = (node: SyntaxNode): boolean =>
      bodyOf(node) !== null && /class|interface|enum|record|struct|module/.test(node.type);
    const parent = findSymbol(root, edit.parent, edit.path, isClass);
    const body = bodyOf(parent);
    if (!body)
      throw new HilError('validation_error', `${edit.parent} in ${edit.path} has no body.`);
    const indent = indentAt(text, parent.startIndex);
    const unit = indentUnit(text, /python|java$|csharp/.test(language) ? '    ' : '  ');
    const members = body.namedChildren.filter(
      (node): node is SyntaxNode => node !== null && !/comment/.test(node.type),
    );
    const onOwnLine = members.find(
      (node) =>
        text.slice(text.lastIndexOf('\n', node.startIndex - 1) + 1, node.startIndex).trim() === '',
    );
    const code = indented(
      edit.code,
      onOwnLine ? indentAt(text, onOwnLine.startIndex) : indent + unit,
    );
    if (members.length === 0) return fillEmpty(language, text, body, code, indent);
    return insertBeside(text, members, place, code, edit);
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
