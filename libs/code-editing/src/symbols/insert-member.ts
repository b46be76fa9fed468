import { HilError } from '@hil/contracts';
import type { SourceLanguage, SyntaxNode } from '@hil/knowledge-graph';
import { editTree, place, unitOf } from './edit-tree.js';
import { bodyOf, findSymbol } from './find-symbol.js';
import { indentAt } from './indentation.js';

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
