import { HilError } from '@hil/contracts';
import { loadSyntax, type SourceLanguage, type SyntaxNode } from '@hil/knowledge-graph';
import { indentUnit, placed, type PlacedCode } from './indentation.js';
import { holdsMultilineString } from './multiline-strings.js';

/** A file after an edit; `moved` is new code whose lines had to be indented otherwise than they were sent. */
export interface EditedText {
  text: string;
  moved?: string;
}

/** The text that `edit` makes of a file's tree, if the meaning of its strings did not change on the way. */
export async function editTree(
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

/** The step of indentation of a file, or what its language is mostly written with. */
export function unitOf(language: SourceLanguage, text: string, near = ''): string {
  return indentUnit(text, /python|java$|csharp/.test(language) ? '    ' : '  ', near);
}

/** The code, as deep as it will stand. @throws HilError `validation_error` when a line stands less deep than the first */
export function place(
  edit: { path: string },
  code: string,
  indent: string,
  unit: string,
): PlacedCode {
  const found = placed(code, indent, unit);
  if (found) return found;
  throw new HilError(
    'validation_error',
    `${edit.path}: a line of the code is indented less than its first line. Send every line indented as it will stand in the file.`,
  );
}
