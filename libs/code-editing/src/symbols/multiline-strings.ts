import { loadSyntax, type SourceLanguage } from '@hil/knowledge-graph';

/** Strings whose lines keep their indentation as content. A Java text block's does not count, nor a docstring's. */
const STRINGS = [
  'template_string',
  'string',
  'verbatim_string_literal',
  'raw_string_literal',
  'interpolated_string_expression',
];

/** True when a string of more than one line begins in a piece of code that stands in a file once. */
export async function holdsMultilineString(
  language: SourceLanguage,
  text: string,
  code: string,
): Promise<boolean> {
  const start = text.indexOf(code);
  const end = start + code.length;
  const syntax = await loadSyntax(language);
  const tree = syntax.parse(text);
  try {
    return tree.rootNode
      .descendantsOfType(STRINGS)
      .some(
        (node) =>
          node !== null &&
          node.startIndex >= start &&
          node.startIndex < end &&
          node.startPosition.row !== node.endPosition.row &&
          node.parent?.type !== 'expression_statement',
      );
  } finally {
    tree.delete();
  }
}
