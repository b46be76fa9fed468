import { HilError } from '@hil/contracts';
import type { SourceLanguage, SyntaxNode } from '@hil/knowledge-graph';
import { editTree, place, unitOf, type EditedText } from './edit-tree.js';
import { bodyOf, findSymbol } from './find-symbol.js';
import { indentAt, type PlacedCode } from './indentation.js';

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

/** The indentation of a node that begins its line, else null. */
function ownLine(text: string, node: SyntaxNode | null): string | null {
  if (!node) return null;
  const start = text.lastIndexOf('\n', node.startIndex - 1) + 1;
  const lead = text.slice(start, node.startIndex);
  return lead.trim() === '' ? lead : null;
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
